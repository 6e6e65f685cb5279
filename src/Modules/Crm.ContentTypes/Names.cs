using System.Text;
using Crm.Platform.Fields;

namespace Crm.ContentTypes;

/// <summary>Names that fit addresses, columns and the API, made from what people call things.</summary>
internal static class Names
{
    /// <summary>"Sales region" as <c>salesRegion</c>; null when no letters are left, as of a Chinese text.</summary>
    public static string? From(string text)
    {
        var name = new StringBuilder();
        var upper = false;
        foreach (var character in FieldKind.Fold(text))
        {
            if (!char.IsAsciiLetterOrDigit(character) || (name.Length == 0 && char.IsAsciiDigit(character)))
            {
                upper = name.Length > 0;
                continue;
            }
            name.Append(upper ? char.ToUpperInvariant(character) : character);
            upper = false;
        }
        return name.Length < 2 ? null : name.ToString(0, Math.Min(name.Length, 40));
    }

    /// <summary>The first of the name and the name with a number that is not taken.</summary>
    public static string Free(string name, Func<string, bool> isTaken)
    {
        var free = name;
        for (var number = 2; isTaken(free); number++)
            free = $"{name}{number}";
        return free;
    }
}
