using Crm.Search.Indexing;
using Crm.Search.Words;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Util;

namespace Crm.Search.Finding;

/// <summary>
/// Turns what somebody typed into a query. Every word must be found, as the whole of a word or as its beginning; where
/// it is found decides the rank: the name before other fields, whole words before beginnings.
/// </summary>
internal sealed class RecordQuery(IndexReader reader, IReadOnlyList<string> linkFields)
{
    private const int MostEndings = 200;

    public Query Of(SearchWords words)
    {
        var query = new BooleanQuery(disableCoord: true);
        foreach (var part in words.Parts)
            query.Add(Part(part), Occur.MUST);
        var whole = new Term(IndexFields.WholeName, words.Folded);
        query.Add(Scored(new TermQuery(whole), 20), Occur.SHOULD);
        query.Add(Scored(new PrefixQuery(whole), 6), Occur.SHOULD);
        return query;
    }

    private DisjunctionMaxQuery Part(SearchPart part)
    {
        var ways = new DisjunctionMaxQuery(0);
        if (part.Words.Count == 1)
        {
            ways.Add(Word(part.Words[0]));
        }
        else
        {
            var all = new BooleanQuery(disableCoord: true);
            foreach (var word in part.Words)
                all.Add(Word(word), Occur.MUST);
            ways.Add(all);
        }
        foreach (var digits in part.Digits)
            ways.Add(Scored(new PrefixQuery(new Term(IndexFields.Digits, digits)), 2));
        return ways;
    }

    private DisjunctionMaxQuery Word(SearchWord word)
    {
        var ways = new DisjunctionMaxQuery(0);
        Add(IndexFields.Name, 10, 6);
        Add(IndexFields.Text, 3, 2);
        foreach (var field in linkFields)
            Add(field, 1, 0.7f);
        return ways;

        void Add(string field, float whole, float beginning)
        {
            ways.Add(Scored(Whole(field, word), whole));
            if (Beginning(field, word) is { } query)
                ways.Add(Scored(query, beginning));
        }
    }

    private static Query Whole(string field, SearchWord word)
    {
        if (word.Terms.Count == 1)
            return new TermQuery(new Term(field, word.Terms[0].Text));
        var phrase = new PhraseQuery();
        foreach (var (text, place) in word.Terms)
            phrase.Add(new Term(field, text), place);
        return phrase;
    }

    /// <summary>The same with more of the last word; null where there is none to be completed.</summary>
    private Query? Beginning(string field, SearchWord word)
    {
        if (!word.EndsInWord)
            return null;
        var (last, lastPlace) = word.Terms[^1];
        if (word.Terms.Count == 1)
            return new PrefixQuery(new Term(field, last));
        var endings = Endings(field, last);
        if (endings.Length == 0)
            return null;
        var phrase = new MultiPhraseQuery();
        foreach (var (text, place) in word.Terms.SkipLast(1))
            phrase.Add([new Term(field, text)], place);
        phrase.Add(endings, lastPlace);
        return phrase;
    }

    private Term[] Endings(string field, string beginning)
    {
        var found = new List<Term>();
        var prefix = new BytesRef(beginning);
        if (MultiFields.GetTerms(reader, field)?.GetEnumerator() is { } terms && terms.SeekCeil(prefix) != TermsEnum.SeekStatus.END)
            do
            {
                if (!StringHelper.StartsWith(terms.Term, prefix))
                    break;
                found.Add(new Term(field, BytesRef.DeepCopyOf(terms.Term)));
            }
            while (found.Count < MostEndings && terms.MoveNext());
        return [.. found];
    }

    private static ConstantScoreQuery Scored(Query query, float score) => new(query) { Boost = score };
}
