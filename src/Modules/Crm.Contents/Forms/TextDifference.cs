using System.Text;

namespace Crm.Contents.Forms;

internal enum TextChange
{
    None,
    Added,
    Removed,
}

internal sealed record TextPiece(string Text, TextChange Change);

/// <summary>What was added to and removed from a text, word by word; Chinese, which has no spaces, by characters.</summary>
internal static class TextDifference
{
    /// <summary>Above this many words on both sides together, the table of comparison would cost more than it tells.</summary>
    private const int MostCells = 4_000_000;

    public static IReadOnlyList<TextPiece> Of(string before, string after)
    {
        var (old, now) = (Words(before), Words(after));
        if ((long)old.Count * now.Count > MostCells)
            return [new(before, TextChange.Removed), new(after, TextChange.Added)];
        // Lengths of the longest common sequences of what follows.
        var common = new int[old.Count + 1, now.Count + 1];
        for (var i = old.Count - 1; i >= 0; i--)
            for (var j = now.Count - 1; j >= 0; j--)
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var pieces = new List<TextPiece>();
        for (int i = 0, j = 0; i < old.Count || j < now.Count;)
        {
            if (i < old.Count && j < now.Count && old[i] == now[j])
                (i, j) = (Add(pieces, old[i], TextChange.None, i), j + 1);
            else if (i < old.Count && (j == now.Count || common[i + 1, j] >= common[i, j + 1]))
                i = Add(pieces, old[i], TextChange.Removed, i);
            else
                j = Add(pieces, now[j], TextChange.Added, j);
        }
        return pieces;
    }

    private static int Add(List<TextPiece> pieces, string word, TextChange change, int at)
    {
        if (pieces is [.., var last] && last.Change == change)
            pieces[^1] = last with { Text = last.Text + word };
        else
            pieces.Add(new TextPiece(word, change));
        return at + 1;
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var isWord = Rune.IsLetterOrDigit(rune) && rune.Value < 0x2E80;
            if (!isWord)
                Flush();
            word.Append(rune.ToString());
            if (!isWord)
                Flush();
        }
        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }
}
