using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>One part of the list's filter, or one condition of an alternative in it.</summary>
/// <param name="At">Its place: <see cref="FilterParts"/>.</param>
/// <param name="Label">The field; null for what is about several.</param>
/// <param name="RemoveUrl">The list without it.</param>
internal sealed record FilterChip(string At, string? Label, string Text, string RemoveUrl)
{
    /// <summary>Null for what the form cannot say.</summary>
    public FilterEditor? Editor { get; init; }

    /// <summary>One of which must hold; empty unless there are several.</summary>
    public IReadOnlyList<FilterAlternative> Alternatives { get; init; } = [];
}

/// <summary>Conditions that must hold together, where another alternative does not.</summary>
internal sealed record FilterAlternative(string At, string Text, IReadOnlyList<FilterChip> Conditions);

/// <summary>The inputs of one condition.</summary>
/// <param name="Id">What their ids end with.</param>
internal sealed record FilterEditor(FilterField Field, string Id, string Op, IReadOnlyList<string> Values)
{
    /// <summary>What may be ticked, or which records or words are chosen already.</summary>
    public IReadOnlyList<FieldOption> Options { get; init; } = [];

    /// <summary>Why the condition was not taken; null when nothing is wrong with it.</summary>
    public string? Error { get; init; }

    /// <summary>For each of the values, whether it is one at fault.</summary>
    public IReadOnlyList<bool> IsWrong { get; init; } = [];

    // Attributes, left out by Razor when they are null.
    public string? Invalid(int value = 0) => Error is not null && (value >= IsWrong.Count || IsWrong[value]) ? "true" : null;

    public string? DescribedBy => Error is null ? null : $"error-{Id}";
}

/// <summary>Makes chips of a filter, and of each chip the form that it can be changed with.</summary>
internal sealed class FilterChips(FilterWords words, ListFields fields, FieldViews views, IStringLocalizer localizer)
{
    /// <param name="address">The page's address with another filter; null for none.</param>
    /// <param name="tab">The current tab's filter: its name says what it asks for, so its conditions have no chips.</param>
    public async Task<IReadOnlyList<FilterChip>> MakeAsync(ContentTypeDefinition type, Filter? filter, Func<string?, string> address, Filter? tab, CancellationToken cancellationToken)
    {
        var parts = FilterParts.Of(filter);
        var said = FilterParts.Flat(tab).Select(FilterWriter.Write).ToHashSet(StringComparer.Ordinal);
        var known = await words.NamesAsync(type, parts, cancellationToken);
        return [.. parts.Select((part, i) => (Part: part, Index: i)).Where(p => said.Count == 0 || !FilterParts.Flat(p.Part).All(f => said.Contains(FilterWriter.Write(f)))).Select(p => Chip(p.Part, p.Index))];

        FilterChip Chip(Filter part, int index)
        {
            var at = index.ToString(CultureInfo.InvariantCulture);
            var alternatives = FilterParts.Alternatives(part);
            return Condition(part, at) with
            {
                Alternatives = alternatives.Count < 2 ? [] : [.. alternatives.Select((a, i) =>
                    new FilterAlternative($"{at}.{i}", words.Say(type, a, known), [.. FilterParts.Of(a).Select((c, n) => Condition(c, $"{at}.{i}.{n}"))]))],
            };
        }

        FilterChip Condition(Filter part, string at)
        {
            var (label, text) = words.Part(type, part, known);
            var rest = FilterParts.Join(FilterParts.Put(parts, at, null)!);
            return new(at, label, text, address(rest is null ? null : FilterWriter.Write(rest))) { Editor = Editor(type, part, Id(at), known) };
        }
    }

    /// <summary>A place as it ends the ids of its inputs.</summary>
    public static string Id(string at) => at.Replace('.', '-');

    /// <summary>The inputs for a new condition on a field.</summary>
    public FilterEditor New(FilterField field) => new(field, "new", field.Shape == FilterShape.Date ? FilterForm.Period : field.Shape == FilterShape.Number ? "ge" : field.Shape == FilterShape.Text ? "contains" : "eq", [])
    {
        Options = Options(field, [], new Dictionary<Guid, string>()),
    };

    /// <summary>The inputs as they were sent, with what is wrong with them.</summary>
    /// <param name="at">The place of the condition that was to be changed; null for a new one.</param>
    public FilterEditor Refused(FilterField field, string? at, string op, IReadOnlyList<string?> values, FilterProblem problem)
    {
        List<string> typed = [.. values.Select(v => v ?? "")];
        return new(field, string.IsNullOrEmpty(at) ? New(field).Id : Id(at), op, typed)
        {
            Options = Options(field, typed, new Dictionary<Guid, string>()),
            Error = problem.Message.For(localizer),
            IsWrong = problem.IsWrong,
        };
    }

    private FilterEditor? Editor(ContentTypeDefinition type, Filter part, string id, IReadOnlyDictionary<Guid, string> known)
    {
        var (path, op, values) = Inputs(part);
        if (path is null)
            return null;
        var byName = path.EndsWith($".{SystemFields.DisplayText}", StringComparison.Ordinal);
        if (fields.Find(type, byName ? path[..^(SystemFields.DisplayText.Length + 1)] : path) is not { } field || byName && field.Shape != FilterShape.Record)
            return null;
        return new(field, id, op, values) { Options = Options(field, values, known) };
    }

    /// <summary>What a person would have typed for it; a path of null for what the form cannot say.</summary>
    private (string? Path, string Op, IReadOnlyList<string> Values) Inputs(Filter part)
    {
        switch (part)
        {
            case CompareFilter { Value: null } compare:
                return (compare.Path, compare.Operator == FilterOperator.Equal ? FilterForm.Empty : FilterForm.NotEmpty, []);
            case CompareFilter { Operator: FilterOperator.Less } compare when FilterPeriods.Days(compare.Value as string) is < 0 and var days:
                return (compare.Path, FilterForm.Ago, [(-days).ToString(CultureInfo.InvariantCulture)]);
            case CompareFilter compare:
                return (compare.Path, FilterParser.Operators.First(o => o.Value == compare.Operator).Key, [Text(compare.Value)]);
            case InFilter list:
                return (list.Path, "eq", [.. list.Values.Select(Text)]);
            case NotFilter { Inner: InFilter list }:
                return (list.Path, "ne", [.. list.Values.Select(Text)]);
        }
        if (FilterParts.Range(part) is not var (from, until))
            return default;
        var (first, end) = (from.Value as string, until.Value as string);
        if (until.Operator == FilterOperator.Less)
        {
            if (FilterPeriods.Find(first, end) is { } period)
                return (from.Path, FilterForm.Period, [period.Key]);
            if (FilterPeriods.LastDays(first, end) is { } last)
                return (from.Path, FilterForm.Last, [last.ToString(CultureInfo.InvariantCulture)]);
            if (FilterPeriods.NextDays(first, end) is { } next)
                return (from.Path, FilterForm.Next, [next.ToString(CultureInfo.InvariantCulture)]);
            return until.Value is DateOnly day ? (from.Path, FilterForm.Between, [Text(from.Value), Text(day.AddDays(-1))]) : default;
        }
        return (from.Path, FilterForm.Between, [Text(from.Value), Text(until.Value)]);
    }

    private string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(time, views.Context.TimeZone)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Guid id => id.ToString("D"),
        decimal number => number.ToString("0.####", CultureInfo.CurrentCulture),
        _ => Convert.ToString(value, CultureInfo.CurrentCulture) ?? "",
    };

    private IReadOnlyList<FieldOption> Options(FilterField field, IReadOnlyList<string> values, IReadOnlyDictionary<Guid, string> known) => field.Shape switch
    {
        FilterShape.Choice when field.Field.Options.Count == 0 => [new("true", localizer["Yes"]), new("false", localizer["No"])],
        FilterShape.Choice => [.. field.Field.Options.Where(o => !o.Hidden || values.Contains(o.Key)).Select(o => new FieldOption(o.Key, o.Label.For(localizer)))],
        FilterShape.Record => [.. field.Field.Target == SystemTypes.Users ? [new FieldOption("@me", localizer["me"])] : Array.Empty<FieldOption>(),
            .. values.Where(v => Guid.TryParseExact(v, "D", out _)).Select(v => new FieldOption(v, known.TryGetValue(Guid.ParseExact(v, "D"), out var name) ? name : localizer["Not visible to you"]))],
        FilterShape.Words => [.. values.Where(v => v.Length > 0).Select(v => new FieldOption(v, v))],
        _ => [],
    };
}
