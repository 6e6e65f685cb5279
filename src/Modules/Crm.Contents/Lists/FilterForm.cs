using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>The "add filter" form: which fields it offers, and what its three inputs mean.</summary>
internal sealed class FilterForm(FieldKinds kinds, FieldViews views, ContentDefinitions definitions, ActorContext actor, SettingsStore settings, IStringLocalizer localizer, TimeProvider clock)
{
    public const string Empty = "empty";
    public const string NotEmpty = "notEmpty";

    private static readonly Dictionary<string, FilterOperator> Operators = new(StringComparer.Ordinal)
    {
        ["eq"] = FilterOperator.Equal,
        ["ne"] = FilterOperator.NotEqual,
        ["gt"] = FilterOperator.Greater,
        ["ge"] = FilterOperator.GreaterOrEqual,
        ["lt"] = FilterOperator.Less,
        ["le"] = FilterOperator.LessOrEqual,
        ["contains"] = FilterOperator.Contains,
        ["startswith"] = FilterOperator.StartsWith,
        ["endswith"] = FilterOperator.EndsWith,
    };

    public IReadOnlyList<FilterField> Fields(ContentTypeDefinition type)
        => [.. type.Fields
            .Where(f => !f.Hidden && f.Name is not (SystemFields.Id or SystemFields.Version or SystemFields.DeletedAt or SystemFields.DeletedBy or SystemFields.DisplayText)
                // Which record of all types cannot be typed; lists of what is about one are reached from its page.
                && f.Kind != "record"
                && (f.Target is null || definitions.Current.Find(f.Target) is not null))
            .Select(f => new FilterField(f, kinds.Of(f), views.LabelAt(type, f.Name)))];

    /// <summary>The filter with one condition more; a second option of a pick-list is added to the first.</summary>
    /// <exception cref="QueryException">The value will not do.</exception>
    public Filter Add(Filter? filter, ContentTypeDefinition type, string path, string op, string? value)
    {
        var condition = Condition(type, path, op, value?.Trim() ?? "");
        var all = Parts(filter).ToList();
        if (condition is { Operator: FilterOperator.Equal, Value: string option } && kinds.Of(views.FieldAt(type, path)).Name is "pickList" or "multiPickList")
        {
            var at = all.FindIndex(f => f is InFilter list && list.Path == path || f is CompareFilter { Operator: FilterOperator.Equal, Value: not null } same && same.Path == path);
            if (at >= 0)
            {
                var known = all[at] is InFilter list ? list.Values : [((CompareFilter)all[at]).Value];
                all[at] = new InFilter(path, [.. known.Append(option).Distinct()]);
                return Filter.And(all);
            }
        }
        return Filter.And(all.Append(condition));
    }

    /// <summary>The conditions that must all hold.</summary>
    public static IReadOnlyList<Filter> Parts(Filter? filter) => filter switch
    {
        null => [],
        AndFilter and => and.Filters,
        _ => [filter],
    };

    private CompareFilter Condition(ContentTypeDefinition type, string path, string op, string text)
    {
        var field = views.FieldAt(type, path);
        if (op is Empty or NotEmpty)
            return new CompareFilter(path, op == Empty ? FilterOperator.Equal : FilterOperator.NotEqual, null);
        var kind = kinds.Of(field);
        var wanted = Operators.TryGetValue(op, out var known) ? known : FilterOperator.Equal;
        if (text.Length == 0)
            throw new QueryException("Say what {0} is to be compared with", field.Label);
        if (field.Target is not null)
            return LookUp(path, wanted, text);
        if (!kind.Operators.Contains(wanted))
            wanted = kind.Operators[0];
        var context = new ParseContext(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        // One of several values is compared as it is kept, if it can be read as one, such as an option by its label.
        if (kind is SeveralKind several && wanted is (FilterOperator.Equal or FilterOperator.NotEqual))
            return new CompareFilter(path, wanted, kind.Parse(field, text, context).Value is { } one and not LookUpText ? several.Keys(field, one).First().Key : text);
        if (kind is { IsLong: true } or { Name: "address" } || wanted is FilterOperator.Contains or FilterOperator.StartsWith or FilterOperator.EndsWith)
            return new CompareFilter(path, wanted, text);
        var parsed = kind.Parse(field, text, context);
        return parsed switch
        {
            { Value: NewOption option } => new CompareFilter(path, wanted, option.Text),
            { Value: { } value } => new CompareFilter(path, wanted, value),
            // A part of an address or number can be compared even though it is none itself.
            _ when kind.ValueType == typeof(string) && kind.Name != "pickList" => new CompareFilter(path, wanted, text),
            _ => throw new QueryException(parsed.Error!),
        };
    }

    /// <summary>People know records by their names, not by ids.</summary>
    private static CompareFilter LookUp(string path, FilterOperator wanted, string text)
    {
        if (text == "@me" || Guid.TryParseExact(text, "D", out _))
            return new CompareFilter(path, wanted == FilterOperator.NotEqual ? wanted : FilterOperator.Equal, text == "@me" ? text : Guid.Parse(text));
        return new CompareFilter($"{path}.{SystemFields.DisplayText}", wanted, text);
    }
}
