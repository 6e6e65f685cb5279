using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;

namespace Crm.Contents.Lists;

/// <summary>Which columns a list has: those that are asked for, as far as they are there, else the type's own.</summary>
internal sealed class ListColumns(ListFields fields, FieldKinds kinds, FieldViews views)
{
    public const int Most = 30;
    public const int Narrowest = 4;
    public const int Widest = 40;

    /// <param name="chosen">Paths with commas between them; null for the type's own.</param>
    /// <param name="leftOut">Gets the names of those that are not there.</param>
    public IReadOnlyList<ListColumn> Of(ContentTypeDefinition type, string? chosen, IReadOnlyList<string> sort, ListTaste taste, List<string> leftOut)
    {
        IEnumerable<string> paths = chosen?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            ?? (type.ListColumns.Count > 0 ? type.ListColumns : type.Fields.Where(f => !f.IsSystem && !f.Hidden && f.Kind != "longText").Select(f => f.Name).Take(5));
        var name = type.Find(type.DisplayField) is { Hidden: false } field ? field.Name : SystemFields.DisplayText;
        var columns = new List<ListColumn> { Column(type, name, sort, taste) };
        foreach (var path in paths.Where(p => !string.Equals(p, name, StringComparison.OrdinalIgnoreCase) && p != SystemFields.DisplayText).Distinct(StringComparer.OrdinalIgnoreCase).Take(Most))
            if (fields.Find(type, path) is { } found)
                columns.Add(Column(type, found.Path, sort, taste));
            else if (chosen is not null)
                leftOut.Add(path);
        return columns;
    }

    /// <summary>What a sort by a field names: a look-up is sorted by the name it shows. Null when it cannot be sorted by.</summary>
    public static string? SortPath(string path, FieldDefinition field, FieldKind kind)
        => field.LeadsTo is not null ? $"{path}.{SystemFields.DisplayText}" : kind.IsSortable ? path : null;

    private ListColumn Column(ContentTypeDefinition type, string path, IReadOnlyList<string> sort, ListTaste taste)
    {
        var field = views.FieldAt(type, path);
        var kind = kinds.Of(field);
        var sortPath = SortPath(path, field, kind);
        var place = sortPath is null ? -1 : sort.ToList().FindIndex(s => s.TrimStart('-') == sortPath);
        return new(path, views.LabelAt(type, path), field, kind, sortPath, place < 0 ? null : sort[place][0] == '-', sort.Count > 1 ? place + 1 : 0,
            taste.Widths.TryGetValue(path, out var width) ? Math.Clamp(width, Narrowest, Widest) : Width(path == type.DisplayField || path == SystemFields.DisplayText, field, kind));
    }

    /// <summary>What most values of a kind need.</summary>
    private static int Width(bool isName, FieldDefinition field, FieldKind kind) => (isName, field.Target, kind.Name) switch
    {
        (true, _, _) => 18,
        (_, SystemTypes.Users or SystemTypes.Teams, _) => 9,
        (_, not null, _) => 13,
        (_, _, "yesNo") => 7,
        (_, _, "number" or "date" or "percent" or "rating" or "autoNumber") => 8,
        (_, _, "pickList" or "phone" or "dateTime" or "money") => 10,
        (_, _, "longText" or "email" or "url") => 15,
        _ => 12,
    };
}
