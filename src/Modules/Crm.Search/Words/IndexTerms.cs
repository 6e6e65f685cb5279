using System.Text;
using System.Text.RegularExpressions;

namespace Crm.Search.Words;

/// <param name="Step">How many places it stands after the term before it.</param>
internal readonly record struct IndexTerm(string Text, int Step);

/// <summary>The terms under which a text is found.</summary>
internal static partial class IndexTerms
{
    /// <summary>Longer words are found by their beginning.</summary>
    public const int LongestWord = 64;

    /// <summary>Shortest digits that find a number by its middle or end.</summary>
    public const int FewestDigits = 4;

    private const int MostDigits = 32;

    /// <summary>So that no phrase reaches from one field into the next.</summary>
    private const int Gap = 100;

    /// <summary>
    /// Words as they are; of scripts without blanks each character and each pair of neighbours. A run of such
    /// characters is then found wherever it stands, as its pairs follow each other.
    /// </summary>
    public static IEnumerable<IndexTerm> Of(string folded)
    {
        foreach (var run in Run.In(folded))
        {
            if (run.IsWord)
            {
                yield return new(Word(folded, run), 1);
                continue;
            }
            for (var i = run.Start; i < run.End;)
            {
                var next = i + Length(folded, i);
                yield return new(folded[i..next], 1);
                if (next < run.End)
                    yield return new(folded[i..(next + Length(folded, next))], 0);
                i = next;
            }
        }
    }

    /// <summary>The terms of several values, with a gap between them.</summary>
    public static IEnumerable<IndexTerm> Of(IEnumerable<string> foldedValues)
    {
        var gap = 0;
        foreach (var value in foldedValues)
        {
            foreach (var term in Of(value))
            {
                yield return term with { Step = term.Step + gap };
                gap = 0;
            }
            gap = Gap;
        }
    }

    public static string Word(string folded, Run run)
    {
        var end = Math.Min(run.End, run.Start + LongestWord);
        return folded[run.Start..(char.IsHighSurrogate(folded[end - 1]) ? end - 1 : end)];
    }

    /// <summary>Length of the character at a place, with the marks that belong to it left to be characters of their own.</summary>
    public static int Length(string text, int at) => char.IsHighSurrogate(text[at]) ? 2 : 1;

    /// <summary>
    /// Telephone and other numbers, whatever separates their digits: the digits, and all endings of them, so that a
    /// number is found without its country code, without its area code and by its last digits.
    /// </summary>
    public static IEnumerable<string> DigitsOf(string folded)
    {
        foreach (var digits in Numbers(folded).Select(n => n.Digits))
            for (var start = 0; start + FewestDigits <= digits.Length; start++)
                yield return digits[start..];
    }

    public static IEnumerable<(int Start, int End, string Digits)> Numbers(string folded)
    {
        foreach (Match match in Number().Matches(folded))
        {
            var digits = Digits(match.Value);
            if (digits.Length is >= FewestDigits and <= MostDigits)
                yield return (match.Index, match.Index + match.Length, digits);
        }
    }

    public static string Digits(string text)
    {
        var digits = new StringBuilder(text.Length);
        foreach (var character in text)
            if (char.IsAsciiDigit(character))
                digits.Append(character);
        return digits.ToString();
    }

    [GeneratedRegex(@"[0-9](?:[ \-./()]{0,2}[0-9])+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
