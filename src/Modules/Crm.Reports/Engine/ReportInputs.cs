using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Reports.Engine;

/// <summary>Makes of a report's address what it computes, and says what in it will not do.</summary>
public sealed class ReportInputs(ContentDefinitions definitions, GroupChoices choices, ActorContext actor, SettingsStore settings, TimeProvider clock, IStringLocalizer localizer)
{
    /// <summary>Types that a report of any type can be about.</summary>
    public IReadOnlyList<ContentTypeDefinition> Types
        => [.. definitions.Current.Types.Where(t => !t.IsAdmin && t.Name != Saved.SavedReportType.Name && actor.Current.Can(t, ContentActions.View)).OrderBy(t => t.PluralLabel.For(localizer), StringComparer.CurrentCulture)];

    public bool CanRead(string type) => definitions.Current.Find(type) is { } definition && actor.Current.Can(definition, ContentActions.View);

    /// <summary>Whether there is what a report needs, and the reader may see it.</summary>
    public bool IsOffered(IReportType report)
        => (report.Type is null ? Types.Count > 0 : CanRead(report.Type)) && report.AlsoReads.All(CanRead);

    /// <summary>What is wrong is left out and told under the name of the parameter.</summary>
    public (ReportInput Input, ReportForm Form) Read(IReportType report, ReportParameters given)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        var type = report.Type is { } own ? definitions.Current.Get(own) : Types.FirstOrDefault(t => t.Name == given.Type) ?? Types[0];
        if (report.Type is null && given.Type is not null && type.Name != given.Type)
            Refuse("type", new("There is no content type {0}", given.Type));
        var groups = report.Groups is { } fixedGroups ? GroupChoices.Of(fixedGroups, localizer) : choices.Of(type);
        var by = Choose("by", given.By, groups, report.DefaultGroup);
        var then = report.Type is null && !string.IsNullOrEmpty(given.Then) && given.Then != by.Value ? Choose("then", given.Then, groups, "") : null;
        var measures = report.Type is null ? choices.Measures(type) : [];
        var measure = measures.Count == 0 ? null : Choose("measure", given.Measure, measures, "count");
        var dates = report.Type is null ? choices.Dates(type) : [];
        var date = dates.Count == 0 ? null : Choose("date", given.Date, dates, SystemFields.CreatedAt);
        var range = Range(report, given, errors);
        var input = new ReportInput
        {
            Type = type,
            Range = range,
            By = by.Keys,
            Then = then?.Keys[0],
            Measure = measure?.Value.Split(':')[0] switch { "sum" => FigureKind.Sum, "average" => FigureKind.Average, _ => FigureKind.Count },
            Measured = measure?.Value.Split(':') is [_, var number] ? type.Field(number) : null,
            Date = date?.Value ?? SystemFields.CreatedAt,
            Person = report.TakesPeople ? Person(given.Person, errors) : null,
            Team = report.TakesPeople ? Id("team", given.Team, errors) : null,
            Filter = report.TakesFilter ? Condition(given.Filter, type, errors) : null,
            Top = int.TryParse(given.Top, NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top is 10 or 20 ? top : 50,
            CanRead = CanRead,
            Definitions = definitions.Current,
        };
        return (input, new ReportForm(groups, by.Value, then?.Value, measures, measure?.Value, dates, date?.Value, errors));

        void Refuse(string name, Message message) => errors[name] = message.For(localizer);

        GroupChoice Choose(string name, string? wanted, IReadOnlyList<GroupChoice> from, string usual)
        {
            if (!string.IsNullOrEmpty(wanted) && from.FirstOrDefault(c => string.Equals(c.Value, wanted, StringComparison.OrdinalIgnoreCase)) is { } chosen)
                return chosen;
            if (!string.IsNullOrEmpty(wanted) && (report.Type is not null || given.Type == type.Name))
                Refuse(name, new("There is no choice “{0}” here", wanted));
            return from.FirstOrDefault(c => c.Value == usual) ?? from[0];
        }
    }

    private ParseContext Context
        => new(CultureInfo.InvariantCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);

    private TimeRange Range(IReportType report, ReportParameters given, Dictionary<string, string> errors)
    {
        var usual = TimeRange.Of(report.DefaultRange, Context)!;
        if (string.IsNullOrEmpty(given.Range))
            return usual;
        if (TimeRange.Of(given.Range, Context) is { } preset)
            return preset;
        if (given.Range != TimeRange.Custom)
        {
            errors["range"] = localizer["There is no choice “{0}” here", given.Range];
            return usual;
        }
        var from = Day("from", given.From, errors);
        var to = Day("to", given.To, errors);
        if (from > to)
            errors["to"] = localizer["The last day is before the first"];
        return new(TimeRange.Custom, from, to < DateOnly.MaxValue ? to.Value.AddDays(1) : null);
    }

    private DateOnly? Day(string name, string? text, Dictionary<string, string> errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (RelativeDates.ToDate(text.Trim(), Context) is { } relative)
            return relative;
        if (DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        errors[name] = localizer["“{0}” is not a date such as 2026-03-31", text];
        return null;
    }

    private object? Person(string? text, Dictionary<string, string> errors) => text == "@me" ? text : Id("person", text, errors);

    private Guid? Id(string name, string? text, Dictionary<string, string> errors)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (Guid.TryParse(text, out var id))
            return id;
        errors[name] = localizer["There is no choice “{0}” here", text];
        return null;
    }

    private Filter? Condition(string? text, ContentTypeDefinition type, Dictionary<string, string> errors)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : FilterParser.Parse(text, type, definitions.Current);
        }
        catch (QueryException e)
        {
            errors["filter"] = e.Reason.For(localizer);
            return null;
        }
    }
}

/// <summary>What the reader may choose from, what is chosen, and what was wrong, by name of the parameter.</summary>
public sealed record ReportForm(
    IReadOnlyList<GroupChoice> Groups, string By, string? Then,
    IReadOnlyList<GroupChoice> Measures, string? Measure,
    IReadOnlyList<GroupChoice> Dates, string? Date,
    Dictionary<string, string> Errors);
