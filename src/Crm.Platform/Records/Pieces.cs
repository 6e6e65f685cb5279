using System.Security.Cryptography;
using System.Text;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;

namespace Crm.Platform.Records;

/// <summary>
/// What quick search finds its records by: each stretch of three letters of the fields that it looks into, in one index
/// per type. Chinese words have two letters and are found by the pieces that begin with them. Kept in the transaction of
/// the record, so a record is found as soon as it is saved; see docs/decisions/0017.
/// </summary>
internal static class Pieces
{
    private const int Length = 3;

    /// <summary>So many pieces of a long text asked for are enough to find the few that have it.</summary>
    private const int MostAsked = 12;

    /// <summary>The fields that quick search looks into; none when one of them is no short text, or the type is too small to need an index.</summary>
    public static IReadOnlyList<FieldDefinition> Fields(ContentTypeDefinition type, FieldKinds kinds)
    {
        if (type.IsAdmin || type.IsPart)
            return [];
        var fields = (type.QuickSearch.Count > 0 ? type.QuickSearch : [SystemFields.DisplayText]).Select(type.Find).OfType<FieldDefinition>().Where(f => !f.Hidden).ToList();
        return fields.All(f => kinds.Find(f.Kind) is TextKind) ? fields : [];
    }

    /// <summary>The index's table: another one when quick search looks into other fields. Null for none.</summary>
    public static string? Table(ContentTypeDefinition type, FieldKinds kinds)
        => Fields(type, kinds) is { Count: > 0 } fields ? Prefix(type) + Hash(string.Join(',', fields.Select(f => f.Name).Order(StringComparer.Ordinal))) : null;

    public static string Prefix(ContentTypeDefinition type) => $"crm_find_{Hash(type.Name)}_";

    /// <summary>The pieces of a record, with blanks between them.</summary>
    public static string Of(IEnumerable<string?> keys)
    {
        var pieces = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys.OfType<string>())
        {
            var letters = Letters(key);
            for (var i = 0; i < letters.Count; i++)
                pieces.Add(Piece(letters, i));
        }
        return string.Join(' ', pieces);
    }

    private static string Piece(List<string> letters, int start)
        => string.Concat(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(letters)[start..Math.Min(start + Length, letters.Count)]);

    public static string Of(ContentTypeDefinition type, FieldKinds kinds, ContentItem item)
        => Of(Fields(type, kinds).Select(f => Key(kinds.Of(f), f, f.Name == SystemFields.DisplayText ? item.DisplayText : item[f.Name])));

    /// <summary>Whether a text is no longer than a piece, and spelled alike in all fields: the index does not know which one a piece is from.</summary>
    public static bool IsOne(ContentTypeDefinition type, FieldKinds kinds, string text)
        => Fields(type, kinds).Select(f => (string)kinds.Of(f).ToFilterValue(f, text)!).Distinct(StringComparer.Ordinal).ToList() is [var only] && Letters(only).Count <= Length;

    /// <summary>What records that contain a text have, in the index's language; null when any may.</summary>
    public static string? Asked(ContentTypeDefinition type, FieldKinds kinds, string text, Dialect dialect)
    {
        var ways = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in Fields(type, kinds))
        {
            var letters = Letters((string)kinds.Of(field).ToFilterValue(field, text)!);
            if (letters.Count == 0)
                return null;
            var pieces = letters.Count < Length
                ? [(string.Concat(letters), true)]
                : Enumerable.Range(0, letters.Count - Length + 1).Select(i => (Piece(letters, i), false)).Distinct().Take(MostAsked);
            ways.Add(dialect.AllPieces(pieces));
        }
        return ways.Count == 0 ? null : dialect.AnyPieces(ways);
    }

    private static string? Key(FieldKind kind, FieldDefinition field, object? value) => kind.ToColumns(field, value)[1] as string;

    /// <summary>Letters and digits as they are; signs and blanks as private letters, which index languages take for letters.</summary>
    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(c => char.IsAsciiLetterOrDigit((char)c) ? ((char)c).ToString() : ((char)(0xE000 + c)).ToString())];

    private static List<string> Letters(string key)
    {
        var letters = new List<string>(key.Length);
        foreach (var rune in key.EnumerateRunes())
            letters.Add(rune.IsAscii ? Ascii[rune.Value] : rune.ToString());
        return letters;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
