using System.Globalization;

namespace Crm.Platform.Display;

/// <summary>The small circle that stands for a person or a company.</summary>
public static class Faces
{
    /// <summary>The first character of a Chinese name, else the first letters of the first and last word.</summary>
    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0)
            return "";
        var first = StringInfo.GetNextTextElement(words[0]);
        return words.Length == 1 || first[0] > '\u2E7F' ? first.ToUpperInvariant() : (first + StringInfo.GetNextTextElement(words[^1])).ToUpperInvariant();
    }

    /// <summary>One of the theme's tones 1 to 4, the same for the same name on every page.</summary>
    public static int Tone(string name)
    {
        var sum = 0;
        foreach (var character in name)
            sum = unchecked((sum * 31) + character);
        return (sum & 0x7FFFFFFF) % 4 + 1;
    }
}
