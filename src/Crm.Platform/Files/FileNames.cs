using System.Globalization;
using System.Text;

namespace Crm.Platform.Files;

/// <summary>What becomes of the names that browsers send.</summary>
public static class FileNames
{
    public const int Longest = 150;

    /// <summary>What Windows, macOS or a desktop would run when it is opened.</summary>
    private static readonly HashSet<string> Programs = new(StringComparer.OrdinalIgnoreCase)
    {
        "ade", "adp", "app", "appx", "bat", "chm", "cmd", "com", "cpl", "desktop", "dll", "dmg", "exe", "hta", "ins", "isp", "jar", "jnlp", "js", "jse",
        "lib", "lnk", "mde", "msc", "msi", "msix", "msp", "mst", "pif", "pkg", "ps1", "reg", "scr", "sct", "sh", "shb", "sys", "url", "vb", "vbe", "vbs", "vxd", "wsc", "wsf", "wsh",
    };

    /// <summary>The name alone: no path, no control characters or marks that turn the direction of writing, at most <see cref="Longest"/> characters with its ending kept.</summary>
    public static string Clean(string? name)
    {
        var last = (name ?? "").Split('/', '\\')[^1];
        var builder = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
                builder.Append(rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*' ? "_" : rune.ToString());
        // Windows leaves out dots and blanks at the end, so that "a.exe. " would be a program.
        var clean = builder.ToString().Trim().TrimEnd('.', ' ');
        if (clean.Length > Longest)
        {
            var ending = Path.GetExtension(clean) is { Length: > 1 and <= 12 } known ? known : "";
            var kept = Longest - ending.Length;
            clean = clean[..(char.IsHighSurrogate(clean[kept - 1]) ? kept - 1 : kept)] + ending;
        }
        return clean.Trim('.', ' ').Length == 0 ? "file" : clean;
    }

    /// <summary>Without the dot, in lower case; empty when there is none.</summary>
    public static string Ending(string name) => Path.GetExtension(name).TrimStart('.').ToLowerInvariant();

    public static bool IsProgram(string name) => Programs.Contains(Ending(name));
}

/// <summary>What a file's first bytes say it is. Names and what browsers claim are not believed.</summary>
public static class FileSignature
{
    public const string Unknown = "application/octet-stream";
    public const string Pdf = "application/pdf";

    /// <summary>Bytes that are enough for a judgement.</summary>
    internal const int Length = 16;

    /// <returns>An image type that browsers draw and never run, PDF, or <see cref="Unknown"/>.</returns>
    public static string MediaType(ReadOnlySpan<byte> start) => start switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => Pdf,
        _ => Unknown,
    };
}
