namespace Crm.Search.Words;

/// <summary>A piece of a text; the page shows those that were found marked.</summary>
public readonly record struct TextPiece(string Text, bool IsFound);

/// <summary>Finds in a text what somebody looked for, in the same sense in which the index does.</summary>
internal static class Marks
{
    private const int Before = 40;
    private const int MaxSnippet = 180;

    /// <summary>The whole text in pieces.</summary>
    public static IReadOnlyList<TextPiece> Of(string text, SearchWords words) => Pieces(text, Find(text, words), 0, text.Length);

    /// <summary>The part of a text around the first that was found; null when nothing was.</summary>
    public static IReadOnlyList<TextPiece>? Snippet(string text, SearchWords words)
    {
        var found = Find(text, words);
        if (found.Count == 0)
            return null;
        var start = found[0].Start <= Before ? 0 : Whole(text, found[0].Start - Before);
        var end = Math.Min(text.Length, start + MaxSnippet);
        end = end == text.Length ? end : Whole(text, end);
        var pieces = Pieces(text, found, start, end);
        return [.. start > 0 ? [new TextPiece("… ", false)] : Array.Empty<TextPiece>(), .. pieces, .. end < text.Length ? [new TextPiece(" …", false)] : Array.Empty<TextPiece>()];
    }

    /// <summary>Places in order, none of which overlap.</summary>
    private static List<(int Start, int End)> Find(string text, SearchWords words)
    {
        var folded = new FoldedText(text);
        var found = new List<(int Start, int End)>();
        foreach (var run in Run.In(folded.Text).Where(r => r.IsWord))
            foreach (var start in words.WordStarts)
                if (string.CompareOrdinal(folded.Text, run.Start, start, 0, start.Length) == 0 && run.Start + start.Length <= run.End)
                    found.Add((run.Start, run.Start + start.Length));
        foreach (var piece in words.Pieces)
            for (var at = folded.Text.IndexOf(piece, StringComparison.Ordinal); at >= 0; at = folded.Text.IndexOf(piece, at + piece.Length, StringComparison.Ordinal))
                found.Add((at, at + piece.Length));
        if (words.Parts.Any(p => p.Digits.Count > 0))
            foreach (var (start, end, digits) in IndexTerms.Numbers(folded.Text))
                if (words.Parts.Any(p => p.Digits.Any(d => digits.Contains(d, StringComparison.Ordinal))))
                    found.Add((start, end));
        return Merge(found.Select(f => folded.SourceOf(f.Start, f.End)));
    }

    private static List<(int Start, int End)> Merge(IEnumerable<(int Start, int End)> found)
    {
        var merged = new List<(int Start, int End)>();
        foreach (var (start, end) in found.Order())
        {
            if (merged is [.., var last] && start <= last.End)
                merged[^1] = (last.Start, Math.Max(last.End, end));
            else
                merged.Add((start, end));
        }
        return merged;
    }

    private static List<TextPiece> Pieces(string text, List<(int Start, int End)> found, int start, int end)
    {
        var pieces = new List<TextPiece>();
        foreach (var mark in found.Where(f => f.Start < end && f.End > start))
        {
            Add(start, Math.Max(start, mark.Start), false);
            Add(Math.Max(start, mark.Start), Math.Min(end, mark.End), true);
            start = Math.Max(start, mark.End);
        }
        Add(start, end, false);
        return pieces;

        void Add(int from, int to, bool isFound)
        {
            if (to > from)
                pieces.Add(new TextPiece(text[from..to], isFound));
        }
    }

    /// <summary>Not in the middle of a character; at the beginning of a word where one is near.</summary>
    private static int Whole(string text, int at)
    {
        var blank = text.LastIndexOf(' ', at, Math.Min(12, at));
        if (blank > 0)
            return blank + 1;
        return char.IsLowSurrogate(text[at]) ? at - 1 : at;
    }
}
