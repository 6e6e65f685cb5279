using System.Security.Cryptography;
using System.Text.Json;
using Crm.Platform.Content;

namespace Crm.ContentTypes;

/// <summary>
/// What a form was filled from, as a short text that the form carries: when it is another by the time that the form comes
/// back, somebody else changed the same in the meantime.
/// </summary>
internal static class Fingerprint
{
    /// <param name="shownOptions">Those that the form shows: others that were typed into an open list meanwhile are no conflict.</param>
    public static string Of(ContentTypeDefinition type, FieldDefinition field, IEnumerable<string> shownOptions)
        => Of(new { Field = field with { Order = 0, Options = [.. field.Options.Where(o => shownOptions.Contains(o.Key))] }, InList = type.ListColumns.Contains(field.Name), InSearch = type.QuickSearch.Contains(field.Name) });

    public static string Of(ContentTypeDefinition type)
        => Of(new { type.Label, type.PluralLabel, type.Description, type.Icon, type.ListColumns, type.KeyFacts, type.QuickSearch });

    private static string Of<T>(T content) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content)))[..16];
}
