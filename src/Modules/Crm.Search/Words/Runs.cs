using System.Text;

namespace Crm.Search.Words;

/// <summary>
/// A stretch of a folded text: a word of letters and digits, or characters of a script that puts no blanks between
/// words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese).
/// </summary>
internal readonly record struct Run(int Start, int End, bool IsWord)
{
    private enum Kind
    {
        Gap,
        Word,
        Unspaced,
    }

    public static List<Run> In(string folded)
    {
        var runs = new List<Run>();
        var (start, kind) = (0, Kind.Gap);
        for (var i = 0; i < folded.Length;)
        {
            // Folding leaves no half pairs.
            var rune = Rune.GetRuneAt(folded, i);
            var here = KindOf(rune, kind);
            if (here != kind)
            {
                Close(i);
                (start, kind) = (i, here);
            }
            i += rune.Utf16SequenceLength;
        }
        Close(folded.Length);
        return runs;

        void Close(int end)
        {
            if (kind != Kind.Gap)
                runs.Add(new Run(start, end, kind == Kind.Word));
        }
    }

    private static Kind KindOf(Rune rune, Kind before)
    {
        // Vowels and tones of many scripts are marks: they belong to what they follow.
        if (Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
            return before;
        if (!Rune.IsLetterOrDigit(rune))
            return Kind.Gap;
        return IsUnspaced(rune.Value) ? Kind.Unspaced : Kind.Word;
    }

    private static bool IsUnspaced(int code) => code is
        (>= 0x2E80 and <= 0x31FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)
        or (>= 0x1100 and <= 0x11FF) or (>= 0xA960 and <= 0xA97F) or (>= 0xAC00 and <= 0xD7FF)
        or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1780 and <= 0x17FF) or (>= 0x1000 and <= 0x109F);
}
