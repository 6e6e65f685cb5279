using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;

namespace Crm.Platform.Records;

/// <summary>
/// Which fields have an index: all that people filter or sort by and whose values are short, those made in the browser
/// too. A type with very many fields has indexes for its first ones and for those that say <see cref="FieldDefinition.Indexed"/>,
/// as each index costs a little at every write.
/// </summary>
internal static class FieldIndexes
{
    /// <summary>So many fields of a type are indexed unasked.</summary>
    public const int Unasked = 64;

    /// <summary>Longer texts are looked at, seldom sorted by.</summary>
    private const int LongestText = 255;

    public static HashSet<string> Of(ContentTypeDefinition type, FieldKinds kinds)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var unasked = 0;
        foreach (var field in type.Fields)
            if (kinds.Find(field.Kind) is { IsSeveral: false } && (IsAsked(field) || (IsWorthIt(type, field, kinds) && unasked++ < Unasked)))
                names.Add(field.Name);
        return names;
    }

    private static bool IsAsked(FieldDefinition field)
        => field.Unique || field.Indexed || (field.Target is not null && !field.IsSystem);

    /// <summary>A display field is filtered and sorted by the display text, which has an index.</summary>
    private static bool IsWorthIt(ContentTypeDefinition type, FieldDefinition field, FieldKinds kinds)
        => !field.IsSystem && !field.Hidden && field.Name != type.DisplayField
            && kinds.Find(field.Kind) is { IsSortable: true } kind
            && (kind.FilterColumn(field).Type != ColumnType.Text || field.Kind == "pickList" || (field.Kind != "url" && (field.MaxLength ?? 0) <= LongestText));
}
