using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Customers.Duplicates;

/// <param name="IsSame">Whether it is so alike that a form asks; a name that only begins the same is a hint.</param>
internal sealed record PossibleDuplicate(ContentItem Item, bool IsSame);

/// <summary>
/// Records that may be the one that somebody is about to make: by name without its legal form, phone, e-mail and the
/// domain of the web site. Each question is answered by an index, so that it can be asked while somebody types.
/// </summary>
internal sealed partial class CustomerDuplicates(ContentDefinitions definitions, FieldKinds kinds, QueryEngine queries, SettingsStore settings, ActorContext actor, TimeProvider clock, IStringLocalizer localizer)
{
    private const int Shown = 5;
    private const int Read = 20;

    private static readonly string[] SameValues = ["phone", "mobile", "email"];

    /// <summary>Fields that the records are compared by.</summary>
    public static IReadOnlyList<string> Compared { get; } = ["name", .. SameValues, "website"];

    /// <param name="given">The form's texts by field.</param>
    public async Task<IReadOnlyList<PossibleDuplicate>> FindAsync(string typeName, Func<string, string?> given, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(typeName);
        if (!actor.Current.Can(type, ContentActions.View))
            return [];
        var columns = Compared.Append("customer").Where(c => type.Find(c) is { Hidden: false }).ToList();
        var found = new Dictionary<Guid, PossibleDuplicate>();
        foreach (var (filter, isSame) in Questions(type, given))
            foreach (var item in (await queries.ListAsync(new Query(type.Name) { Where = filter, Columns = columns, Sort = [SystemFields.DisplayText], Take = Read }, cancellationToken)).Items)
                if (isSame(item) || !found.ContainsKey(item.Id))
                    found[item.Id] = new(item, isSame(item));
        return [.. found.Values.OrderByDescending(f => f.IsSame).Take(Shown)];
    }

    private IEnumerable<(Filter Filter, Func<ContentItem, bool> IsSame)> Questions(ContentTypeDefinition type, Func<string, string?> given)
    {
        if (given("name") is { } name && CoreName(name) is { } core && IsTelling(core))
            yield return (new CompareFilter(SystemFields.DisplayText, FilterOperator.StartsWith, core), i => FieldKind.Fold(CoreName(i.DisplayText)) == FieldKind.Fold(core));
        foreach (var field in SameValues.Select(type.Find).OfType<FieldDefinition>().Where(f => !f.Hidden))
            if (Value(field, given(field.Name)) is { } value)
                yield return (new CompareFilter(field.Name, FilterOperator.Equal, value), _ => true);
        if (type.Find("website") is { Hidden: false } && (Domain(given("website")) ?? DomainOf(given("email"))) is { } domain)
            yield return (new OrFilter([.. from scheme in new[] { "https://", "http://" } from www in new[] { "", "www." } select new CompareFilter("website", FilterOperator.StartsWith, scheme + www + domain)]),
                i => Domain(i.Get<string>("website")) == domain);
    }

    private object? Value(FieldDefinition field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var context = new ParseContext(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        return kinds.Of(field).Parse(field, text, context) is { Error: null, Value: { } value } ? value : null;
    }

    /// <summary>Two Chinese characters tell as much as four letters.</summary>
    private static bool IsTelling(string name) => name.Length >= 4 || (name.Length >= 2 && name[0] >= 0x2E80);

    private static string CoreName(string name)
    {
        var core = LegalForm().Replace(name.Trim(), "").TrimEnd(' ', ',', '.');
        return core.Length > 0 ? core : name.Trim();
    }

    private static string? Domain(string? website)
    {
        if (string.IsNullOrWhiteSpace(website) || !Uri.TryCreate(website.Contains("://", StringComparison.Ordinal) ? website : $"https://{website}", UriKind.Absolute, out var uri) || !uri.Host.Contains('.', StringComparison.Ordinal))
            return null;
        return uri.Host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? uri.Host[4..] : uri.Host;
    }

    private static string? DomainOf(string? email) => email?.Trim().Split('@') is [_, var host] ? Domain(host) : null;

    [GeneratedRegex(@"(?:[\s,]+(?:inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|bv|nv|sa|srl|corp|corporation|co|company)\.?)+$|(?:股份有限公司|有限责任公司|集团有限公司|有限公司|公司)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LegalForm();
}
