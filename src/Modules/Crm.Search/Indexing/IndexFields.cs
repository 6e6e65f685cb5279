using Crm.Search.Words;
using Lucene.Net.Analysis;
using Lucene.Net.Analysis.TokenAttributes;
using Lucene.Net.Documents;
using Lucene.Net.Index;

namespace Crm.Search.Indexing;

/// <summary>Fields of the index. Changing what they hold needs a new <see cref="IndexState.CurrentFormat"/>.</summary>
internal static class IndexFields
{
    /// <summary>Content type and id; one document each.</summary>
    public const string Key = "key";
    public const string Type = "type";
    public const string Owner = "owner";
    public const string Team = "team";
    public const string Modified = "modified";

    /// <summary>The run that wrote the document, so that what a run did not meet can be removed.</summary>
    public const string Run = "run";

    /// <summary>The display text as a whole.</summary>
    public const string WholeName = "whole";

    /// <summary>Words of the display text.</summary>
    public const string Name = "name";

    /// <summary>Words of all fields, the display text among them.</summary>
    public const string Text = "text";

    public const string Digits = "digits";

    /// <summary>Names of records of another type that this one is linked to: searched only by those who may see all of that type.</summary>
    public static string Links(string type) => $"links.{type}";

    public static string KeyOf(string type, Guid id) => $"{type}/{id:D}";

    public static (string Type, Guid Id) Split(string key) => key.Split('/') is [var type, var id] ? (type, Guid.ParseExact(id, "D")) : throw new FormatException(key);

    private static readonly FieldType Phrases = Frozen(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
    private static readonly FieldType Plain = Frozen(IndexOptions.DOCS_ONLY);

    public static Field Words(string name, IEnumerable<IndexTerm> terms) => new(name, new TermStream(terms), Phrases);

    public static Field Terms(string name, IEnumerable<string> terms) => new(name, new TermStream(terms.Select(t => new IndexTerm(t, 1))), Plain);

    /// <summary>Ranking is by where a word was found, so neither lengths nor frequencies matter.</summary>
    private static FieldType Frozen(IndexOptions options)
    {
        var type = new FieldType { IsIndexed = true, IsTokenized = true, OmitNorms = true, IndexOptions = options };
        type.Freeze();
        return type;
    }

    private sealed class TermStream : TokenStream
    {
        private readonly IEnumerator<IndexTerm> _terms;
        private readonly ICharTermAttribute _text;
        private readonly IPositionIncrementAttribute _step;

        public TermStream(IEnumerable<IndexTerm> terms)
        {
            _terms = terms.GetEnumerator();
            _text = AddAttribute<ICharTermAttribute>();
            _step = AddAttribute<IPositionIncrementAttribute>();
        }

        public override bool IncrementToken()
        {
            ClearAttributes();
            if (!_terms.MoveNext())
                return false;
            _text.Append(_terms.Current.Text);
            _step.PositionIncrement = _terms.Current.Step;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _terms.Dispose();
            base.Dispose(disposing);
        }
    }
}
