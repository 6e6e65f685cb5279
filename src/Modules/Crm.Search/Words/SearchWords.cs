using Crm.Platform.Fields;

namespace Crm.Search.Words;

/// <summary>What stands between two blanks of what somebody typed: terms that follow each other.</summary>
/// <param name="Terms">With their places relative to the first.</param>
/// <param name="EndsInWord">Whether the last is a word of which perhaps only the beginning was typed.</param>
internal sealed record SearchWord(IReadOnlyList<(string Text, int Place)> Terms, bool EndsInWord);

/// <summary>All of the words must be there; or, when they are all numbers, their digits in a row.</summary>
internal sealed record SearchPart(IReadOnlyList<SearchWord> Words, IReadOnlyList<string> Digits);

/// <summary>What somebody typed, understood. There is no syntax: whatever is typed is looked for.</summary>
internal sealed class SearchWords
{
    public const int MaxLength = 200;
    private const int MaxWords = 16;

    private SearchWords(string folded, IReadOnlyList<SearchPart> parts, IReadOnlyList<string> wordStarts, IReadOnlyList<string> pieces)
        => (Folded, Parts, WordStarts, Pieces) = (folded, parts, wordStarts, pieces);

    public string Folded { get; }

    public IReadOnlyList<SearchPart> Parts { get; }

    /// <summary>Marked where a word begins with one of these.</summary>
    public IReadOnlyList<string> WordStarts { get; }

    /// <summary>Marked wherever one of these stands.</summary>
    public IReadOnlyList<string> Pieces { get; }

    public bool IsEmpty => Parts.Count == 0;

    public static SearchWords Of(string? typed)
    {
        var text = (typed ?? "").Trim();
        var folded = FieldKind.Fold(text.Length > MaxLength ? text[..MaxLength] : text);
        var chunks = folded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MaxWords).ToList();
        var parts = new List<SearchPart>();
        var (starts, pieces) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < chunks.Count;)
        {
            // "138 1234 5678" may stand in the record as one number.
            var count = Math.Max(1, chunks.Skip(i).TakeWhile(IsNumber).Count());
            var words = chunks.Skip(i).Take(count).Select(c => WordOf(c, starts, pieces)).Where(w => w.Terms.Count > 0).ToList();
            var digits = IsNumber(chunks[i]) ? DigitsOf(string.Concat(chunks.Skip(i).Take(count))) : [];
            if (words.Count > 0)
                parts.Add(new SearchPart(words, digits));
            i += count;
        }
        return new SearchWords(folded, parts, [.. starts], [.. pieces]);
    }

    private static SearchWord WordOf(string chunk, HashSet<string> starts, HashSet<string> pieces)
    {
        var terms = new List<(string, int)>();
        var (place, endsInWord) = (0, false);
        foreach (var run in Run.In(chunk))
        {
            endsInWord = run.IsWord;
            if (run.IsWord)
            {
                var word = IndexTerms.Word(chunk, run);
                terms.Add((word, place++));
                starts.Add(word);
                continue;
            }
            pieces.Add(chunk[run.Start..run.End]);
            for (var i = run.Start; i < run.End; place++)
            {
                var next = i + IndexTerms.Length(chunk, i);
                // Pairs are enough; a single character stands alone only when it is the only one.
                if (next < run.End)
                    terms.Add((chunk[i..(next + IndexTerms.Length(chunk, next))], place));
                else if (i == run.Start)
                    terms.Add((chunk[i..next], place));
                i = next;
            }
        }
        return new SearchWord(terms, endsInWord);
    }

    private static bool IsNumber(string chunk) => chunk.Any(char.IsAsciiDigit) && chunk.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or '/' or '(' or ')');

    /// <summary>As typed, and without the zeros that are dialled before an area or a country code.</summary>
    private static List<string> DigitsOf(string text)
    {
        var digits = IndexTerms.Digits(text);
        return [.. new[] { digits, digits.TrimStart('0') }.Where(d => d.Length >= IndexTerms.FewestDigits).Distinct()];
    }
}
