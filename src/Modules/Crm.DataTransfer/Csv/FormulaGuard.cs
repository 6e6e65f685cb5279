namespace Crm.DataTransfer.Csv;

/// <summary>
/// Spreadsheets run a cell that begins with = + - @ as a formula (CWE-1236). Texts that do so are written with an
/// apostrophe before them, which a spreadsheet takes as "this is text" and an import takes off again.
/// </summary>
public static class FormulaGuard
{
    /// <summary>The text as a cell that no spreadsheet runs.</summary>
    public static string Add(string text) => IsGuardable(text) ? $"'{text}" : text;

    /// <summary>The text of a guarded cell.</summary>
    public static string Remove(string text) => text.StartsWith('\'') && IsGuardable(text) ? text[1..] : text;

    /// <summary>Whether a sign comes first, apostrophes before it aside: so that an apostrophe of the text's own survives.</summary>
    private static bool IsGuardable(string text)
    {
        var first = text.AsSpan().TrimStart('\'');
        return first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠';
    }
}
