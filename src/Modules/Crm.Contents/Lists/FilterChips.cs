using System.Globalization;
using Crm.Contents.LookUps;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>Says in words what a filter asks for, condition by condition.</summary>
internal sealed class FilterChips(FieldViews views, RecordNames names, IStringLocalizer localizer)
{
    /// <param name="address">The page's address with another filter; null for none.</param>
    /// <param name="tab">The current tab's filter: its name says what it asks for, so its conditions have no chips.</param>
    public async Task<IReadOnlyList<FilterChip>> MakeAsync(ContentTypeDefinition type, Filter? filter, Func<string?, string> address, Filter? tab, CancellationToken cancellationToken)
    {
        var parts = FilterForm.Parts(filter);
        var said = FilterForm.Parts(tab).Select(FilterWriter.Write).ToHashSet(StringComparer.Ordinal);
        var known = await names.FindAsync(parts.SelectMany(p => Ids(type, p)), cancellationToken);
        return [.. parts.Select((part, i) => (Part: part, Index: i)).Where(p => !said.Contains(FilterWriter.Write(p.Part))).Select(p =>
        {
            var (part, i) = p;
            var rest = parts.Where((_, other) => other != i).ToList();
            var url = address(rest.Count == 0 ? null : FilterWriter.Write(Filter.And(rest)));
            return part switch
            {
                CompareFilter compare => new FilterChip(Label(type, compare.Path), Text(type, compare, known), url),
                InFilter list => new FilterChip(Label(type, list.Path), string.Join(localizer[", "], list.Values.Select(v => Value(type, list.Path, v, known))), url),
                _ => new FilterChip(localizer["Condition"], FilterWriter.Write(part), url),
            };
        })];
    }

    private IEnumerable<(string, Guid)> Ids(ContentTypeDefinition type, Filter filter)
    {
        var (path, values) = filter switch
        {
            CompareFilter compare => (compare.Path, [compare.Value]),
            InFilter list => (list.Path, list.Values),
            _ => ("", (IReadOnlyList<object?>)[]),
        };
        foreach (var id in values.OfType<Guid>())
            if ((path == SystemFields.Id ? type.Name : views.FieldAt(type, path).Target) is { } target)
                yield return (target, id);
        foreach (var link in values.OfType<string>().Select(RecordLink.Read).OfType<RecordLink>())
            if (views.FieldAt(type, path).Kind == "record")
                yield return (link.Type, link.Id);
    }

    private string Label(ContentTypeDefinition type, string path)
        => views.LabelAt(type, path.EndsWith($".{SystemFields.DisplayText}", StringComparison.Ordinal) ? path[..^(SystemFields.DisplayText.Length + 1)] : path);

    private string Text(ContentTypeDefinition type, CompareFilter filter, IReadOnlyDictionary<Guid, string> known)
    {
        if (filter.Value is null)
            return filter.Operator == FilterOperator.Equal ? localizer["empty"] : localizer["not empty"];
        var value = Value(type, filter.Path, filter.Value, known);
        return filter.Operator switch
        {
            FilterOperator.Equal => value,
            FilterOperator.NotEqual => localizer["not {0}", value],
            FilterOperator.Contains => localizer["contains “{0}”", value],
            FilterOperator.StartsWith => localizer["starts with “{0}”", value],
            FilterOperator.EndsWith => localizer["ends with “{0}”", value],
            FilterOperator.Greater => $"> {value}",
            FilterOperator.GreaterOrEqual => $"≥ {value}",
            FilterOperator.Less => $"< {value}",
            _ => $"≤ {value}",
        };
    }

    private string Value(ContentTypeDefinition type, string path, object? value, IReadOnlyDictionary<Guid, string> known) => value switch
    {
        null => localizer["empty"],
        "@me" => localizer["me"],
        Guid id => known.GetValueOrDefault(id) ?? localizer["Not visible to you"],
        string text when RecordLink.Read(text) is { } link && views.FieldAt(type, path).Kind == "record" => known.GetValueOrDefault(link.Id) ?? localizer["Not visible to you"],
        bool flag => flag ? localizer["Yes"] : localizer["No"],
        decimal number when views.FieldAt(type, path) is { Kind: "percent" or "rating" or "duration" } field => views.Display(field, number, null)!.Text,
        decimal number => number.ToString("#,0.####", CultureInfo.CurrentCulture),
        DateOnly date => date.ToString("d", CultureInfo.CurrentCulture),
        DateTime time => TimeZoneInfo.ConvertTimeFromUtc(time, views.Context.TimeZone).ToString("g", CultureInfo.CurrentCulture),
        string text when RelativeDates.Describe(text, localizer) is { } words => words,
        string key when views.FieldAt(type, path).Options.FirstOrDefault(o => o.Key == key) is { } option => option.Label.For(localizer),
        _ => Convert.ToString(value, CultureInfo.CurrentCulture) ?? "",
    };
}
