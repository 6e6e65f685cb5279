using System.Globalization;
using Crm.Email.Tracking;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Email.Templates;

/// <summary>What the merge fields of templates mean for a record: its own fields, those of its contact and customer, the owner, the site.</summary>
internal sealed class MergeFields(QueryEngine queries, ContentDefinitions definitions, FieldKinds kinds, SettingsStore settings, SiteAddress site, ActorContext actor, IStringLocalizer localizer)
{
    /// <summary>Look-ups whose records a template may name beside the record itself.</summary>
    private static readonly string[] Beside = ["contact", "customer"];

    /// <summary>Names that stand for no record.</summary>
    private static readonly Dictionary<string, string[]> Fixed = new(StringComparer.OrdinalIgnoreCase)
    {
        ["user"] = ["name", "email"],
        ["site"] = ["name", "url"],
        ["unsubscribe"] = ["url"],
    };

    public CultureInfo Culture => settings.Site.CultureInfo;

    /// <summary>By record: values for the names at the top of a template. Records that are gone or not to be seen are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, MergeRecord>> LoadAsync(string typeName, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        // Recipients read the site's language, whoever sends; it ends with this method.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Culture;
        var type = definitions.Current.Get(typeName);
        var records = await ReadAsync(type, ids, cancellationToken);
        var near = new Dictionary<string, IReadOnlyDictionary<Guid, ContentItem>>(StringComparer.Ordinal);
        foreach (var lookUp in Beside)
            if (type.Find(lookUp) is { Hidden: false, Target: { } target } && definitions.Current.Find(target) is { } other)
                near[lookUp] = await ReadAsync(other, records.Values.Select(r => r.Get<Guid?>(lookUp)).OfType<Guid>(), cancellationToken);
        // Of users others see no more than names, but a letter says where its recipient's owner can be written to.
        var owners = await actor.AsSystemAsync(() => ReadAsync(definitions.Current.Get(SystemTypes.Users), records.Values.Select(r => r.Owner).OfType<Guid>(), cancellationToken));
        var siteUrl = await site.GetAsync(cancellationToken);
        return records.Values.ToDictionary(r => r.Id, r =>
        {
            var own = Values(type, r);
            var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
            {
                ["record"] = own,
                ["site"] = new Dictionary<string, object?> { ["name"] = settings.Site.Name, ["url"] = siteUrl },
                ["unsubscribe"] = new Dictionary<string, object?> { ["url"] = UnsubscribeLink.Pending },
                ["user"] = r.Owner is { } owner && owners.TryGetValue(owner, out var user) ? Person(user) : Nobody(),
            };
            string? email = EmailOf(type, r), name = r.DisplayText;
            foreach (var (lookUp, items) in near)
            {
                var item = r.Get<Guid?>(lookUp) is { } id ? items.GetValueOrDefault(id) : null;
                var other = definitions.Current.Get(type.Field(lookUp).Target!);
                values[lookUp] = item is null ? Nobody() : Values(other, item);
                if (email is null && item is not null && EmailOf(other, item) is { } near)
                    (email, name) = (near, item.DisplayText);
            }
            values[Singular(type.Name)] = own;
            return new MergeRecord(r, email, name, values);
        });
    }

    /// <summary>What is wrong with a template's names; null when all are known.</summary>
    public Message? Check(TemplateText template, string source)
    {
        foreach (var name in template.Names())
        {
            var parts = name.Split('.');
            var known = Fixed.TryGetValue(parts[0], out var fields) ? parts.Length < 2 || fields.Contains(parts[1], StringComparer.OrdinalIgnoreCase)
                : parts[0] == "record" || (TypeOf(parts[0]) is { } type && (parts.Length < 2 || type.Find(parts[1]) is { Hidden: false }));
            // A look-up's value is its record's name: there is nothing behind it.
            if (!known || parts.Length > 2)
                return new("Line {0}: there is no merge field {1}", LineOf(source, name), name);
        }
        return null;
    }

    /// <summary>For the menu of the template's form.</summary>
    public IReadOnlyList<(LocalizedText Group, IReadOnlyList<(string Name, LocalizedText Label)> Fields)> Offer()
    {
        var groups = new List<(LocalizedText, IReadOnlyList<(string, LocalizedText)>)>();
        foreach (var name in Beside)
            if (TypeOf(name) is { } type)
                groups.Add((type.Label, [.. type.Fields.Where(f => !f.Hidden && !f.IsSystem && f.Kind is not ("longText" or "richText" or "json")).Take(12).Select(f => ($"{name}.{f.Name}", f.Label))]));
        groups.Add((new("Sender"), [("user.name", new("Name of the owner")), ("user.email", new("E-mail of the owner")), ("site.name", new("Name of this site")), ("unsubscribe.url", new("Link to unsubscribe"))]));
        return groups;
    }

    private ContentTypeDefinition? TypeOf(string singular) => definitions.Current.Types.FirstOrDefault(t => string.Equals(Singular(t.Name), singular, StringComparison.OrdinalIgnoreCase));

    private static string Singular(string type) => type.EndsWith("ies", StringComparison.Ordinal) ? type[..^3] + "y" : type.TrimEnd('s');

    private static int LineOf(string source, string name)
        => source.IndexOf(name, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? source.AsSpan(0, at).Count('\n') + 1 : 1;

    private static Dictionary<string, object?> Nobody() => new(StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, object?> Person(ContentItem user) => new(StringComparer.OrdinalIgnoreCase) { ["name"] = user.DisplayText, ["email"] = user.Get<string>("email") };

    private static string? EmailOf(ContentTypeDefinition type, ContentItem item)
        => type.Fields.Where(f => f.Kind == "email" && !f.Hidden).Select(f => item.Get<string>(f.Name)).FirstOrDefault(e => !string.IsNullOrEmpty(e));

    private Dictionary<string, object?> Values(ContentTypeDefinition type, ContentItem item)
    {
        var context = new FormatContext(Culture, settings.Site.Zone, settings.Site.Region, localizer);
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in type.Fields.Where(f => !f.Hidden))
            values[field.Name] = item[field.Name] is not { } value ? "" : field.Target is null ? kinds.Of(field).Format(field, value, context) : item.DisplayOf(field.Name) ?? "";
        return values;
    }

    private async Task<IReadOnlyDictionary<Guid, ContentItem>> ReadAsync(ContentTypeDefinition type, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var items = new Dictionary<Guid, ContentItem>();
        foreach (var chunk in ids.Distinct().Chunk(500))
            foreach (var item in (await queries.ListAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, chunk.Cast<object?>()), Sort = [SystemFields.Id], Take = 500 }, cancellationToken)).Items)
                items[item.Id] = item;
        return items;
    }
}

/// <summary>One record with what templates may say about it.</summary>
/// <param name="Email">Address of the record, or of its contact or customer; null when there is none.</param>
internal sealed record MergeRecord(ContentItem Item, string? Email, string Name, Dictionary<string, object?> Values);
