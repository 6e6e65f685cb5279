using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Reports.Engine;

/// <summary>Names and order of what records are grouped by.</summary>
public sealed class KeyTexts(FieldViews views, FieldKinds kinds, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer)
{
    internal string Head(ContentTypeDefinition type, GroupBy key)
        => key.Bucket is not { } bucket ? key.Path == SystemFields.Id ? type.Label.For(localizer) : views.LabelAt(type, key.Path)
            // A field "month" by month is the month.
            : string.Equals(views.FieldAt(type, key.Path).Name, bucket.ToString(), StringComparison.OrdinalIgnoreCase) ? views.LabelAt(type, key.Path)
            : localizer["{0} by {1}", views.LabelAt(type, key.Path), UnitOf(bucket)];

    internal string UnitOf(DateBucket bucket) => bucket switch
    {
        DateBucket.Day => localizer["day"],
        DateBucket.Week => localizer["week"],
        DateBucket.Month => localizer["month"],
        DateBucket.Quarter => localizer["quarter"],
        _ => localizer["year"],
    };

    /// <param name="text">The query's text of a look-up or short text.</param>
    internal ReportKey Name(ContentTypeDefinition type, GroupBy key, object? value, string? text)
    {
        if (value is null)
            return new(localizer["Not set"]);
        if (key.Bucket is { } bucket)
            return new(Name((DateOnly)value, bucket)) { IsTime = true };
        var field = views.FieldAt(type, key.Path);
        var target = key.Path == SystemFields.Id ? type : field.Target is null ? null : definitions.Current.Find(field.Target);
        if (target is not null)
            return text is null ? new(localizer["Not visible to you"])
                : new(text.Length > 0 ? text : localizer["(no name)"], actor.Current.CanOpen(target) ? $"{target.Path}/{value}" : null);
        return new(text ?? kinds.Of(field).FormatKey(field, value, views.Context));
    }

    /// <summary>Rows in the order that their key has of itself; null when figures are to decide.</summary>
    internal IReadOnlyList<object?>? Order(ContentTypeDefinition type, GroupBy key, IReadOnlyCollection<object?> values, TimeRange range, string? ranged)
    {
        if (key.Bucket is { } bucket)
            return [.. Filled([.. values.OfType<DateOnly>()], bucket, key.Path == ranged ? range : null).Cast<object?>(), .. values.Where(v => v is null)];
        var field = views.FieldAt(type, key.Path);
        if (field.Kind is "date" or "dateTime" or "rating")
            return [.. values.OrderBy(v => v is null).ThenBy(v => v)];
        if (field.Kind is not ("pickList" or "multiPickList") || field.Open || key.Path.Contains('.', StringComparison.Ordinal))
            return null;
        var options = field.Options.Where(o => !o.Hidden || values.Contains(o.Key)).Select(o => o.Key).ToList();
        return [.. options, .. values.OfType<string>().Except(options), .. values.Where(v => v is null)];
    }

    /// <summary>No gaps: a month without anything is a month with nothing.</summary>
    private static IEnumerable<DateOnly> Filled(List<DateOnly> starts, DateBucket bucket, TimeRange? range)
    {
        const int most = 400;
        if (range is { From: { } from, Until: { } until } && from < until)
            starts.AddRange([Buckets.Start(from, bucket), Buckets.Start(until.AddDays(-1), bucket)]);
        starts.Sort();
        if (starts.Count == 0)
            return [];
        var filled = new List<DateOnly>();
        for (var day = starts[0]; day <= starts[^1] && filled.Count <= most; day = Buckets.Next(day, bucket))
            filled.Add(day);
        return filled.Count <= most ? filled : starts.Distinct();
    }

    private string Name(DateOnly start, DateBucket bucket) => bucket switch
    {
        DateBucket.Day => start.ToString("d", CultureInfo.CurrentCulture),
        DateBucket.Week => localizer["Week of {0}", start.ToString("d", CultureInfo.CurrentCulture)],
        // The translation of a format is a format.
        DateBucket.Month => start.ToString(localizer["MMM yyyy"], CultureInfo.CurrentCulture),
        DateBucket.Quarter => localizer["Q{0} {1}", (start.Month + 2) / 3, start.Year],
        _ => start.ToString(localizer["yyyy"], CultureInfo.CurrentCulture),
    };
}
