using System.Text;

namespace Crm.Api.Records;

/// <summary>Cuts the texts of options apart where no parenthesis and no quote is open.</summary>
internal static class OptionText
{
    private const int MaxNesting = 10;

    /// <exception cref="FormatException">A parenthesis or a quote is not closed, or they are nested too deep.</exception>
    public static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var (depth, quoted) = (0, false);
        foreach (var c in text)
        {
            if (c == '\'')
                quoted = !quoted;
            else if (!quoted && c == '(' && ++depth > MaxNesting)
                throw new FormatException();
            else if (!quoted && c == ')' && --depth < 0)
                throw new FormatException();
            if (c == separator && depth == 0 && !quoted)
            {
                parts.Add(part.ToString().Trim());
                part.Clear();
                continue;
            }
            part.Append(c);
        }
        if (depth != 0 || quoted)
            throw new FormatException();
        if (part.ToString().Trim() is { Length: > 0 } last)
            parts.Add(last);
        return parts;
    }

    /// <summary><c>name($select=a;$top=5)</c> as its name and its options.</summary>
    public static (string Name, Dictionary<string, string> Options) Call(string text)
    {
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
            return (text, options);
        if (!text.EndsWith(')'))
            throw new FormatException();
        foreach (var option in Split(text[(open + 1)..^1], ';'))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !options.TryAdd(option[..equals].Trim().TrimStart('$'), option[(equals + 1)..].Trim()))
                throw new FormatException();
        }
        return (text[..open].Trim(), options);
    }
}
