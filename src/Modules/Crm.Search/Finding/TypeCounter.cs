using Crm.Search.Indexing;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Util;

namespace Crm.Search.Finding;

/// <summary>Counts what a search finds by content type.</summary>
internal sealed class TypeCounter : ICollector
{
    private SortedDocValues? _types;
    private long[] _counts = [];

    private readonly Dictionary<string, long> _total = new(StringComparer.Ordinal);

    public bool AcceptsDocsOutOfOrder => true;

    public void SetScorer(Scorer scorer)
    {
        // Every record counts the same.
    }

    public void SetNextReader(AtomicReaderContext context)
    {
        Close();
        _types = context.AtomicReader.GetSortedDocValues(IndexFields.Type);
        _counts = new long[_types?.ValueCount ?? 0];
    }

    public void Collect(int doc)
    {
        if (_types?.GetOrd(doc) is >= 0 and var type)
            _counts[type]++;
    }

    public IReadOnlyDictionary<string, long> Total()
    {
        Close();
        return _total;
    }

    private void Close()
    {
        var name = new BytesRef();
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0)
                continue;
            _types!.LookupOrd(i, name);
            var text = name.Utf8ToString();
            _total[text] = _total.GetValueOrDefault(text) + _counts[i];
        }
        _counts = [];
    }
}
