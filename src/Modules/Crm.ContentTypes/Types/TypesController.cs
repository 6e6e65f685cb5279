using Crm.ContentTypes.Fields;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;

namespace Crm.ContentTypes.Types;

/// <summary>The content types: which there are, a new one, and what one shows where.</summary>
[Route("/admin/content-types"), RequirePermission(ContentTypesPermissions.Manage)]
internal sealed class TypesController(
    ContentDefinitions definitions,
    FieldKinds kinds,
    FieldViews views,
    EnabledFeatures features,
    Translations translations,
    EndpointDataSource endpoints,
    IStringLocalizer localizer) : Controller
{
    private const int MaxLabel = 100;

    [HttpGet("")]
    public IActionResult Index()
        => View(new TypesPage([.. definitions.Current.Types.OrderBy(t => t.IsAdmin).ThenBy(t => t.Feature is not null).ThenBy(t => t.PluralLabel.For(localizer), StringComparer.CurrentCulture)
            .Select(t => new TypeRow(t, Origin(t.Feature), t.Fields.Count(f => !f.IsSystem && !f.Hidden), t.Fields.Count(f => f.IsMade() && !f.Hidden)))]));

    [HttpGet("{type}")]
    public IActionResult Details([FromRoute] string type)
    {
        if (definitions.Current.Find(type) is not { } definition)
            return NotFound();
        var rows = definition.Fields.Where(f => f.IsArrangeable() && !(definition.IsAdmin && f.IsSystem))
            .Select(f => new FieldRow(f, kinds.Of(f), f.Label.For(localizer), f.Section?.For(localizer), f.IsSystem ? localizer["Every type"] : Origin(f.Feature), definitions.CanBeHidden(definition, f))).ToList();
        return View(new TypeDetails(definition, Origin(definition.Feature), [.. rows.Where(r => r.Field.DeletedAt is null)], [.. rows.Where(r => r.Field.DeletedAt is not null)], PurgeDeletedFields.DaysKept));
    }

    [HttpGet("new")]
    public IActionResult New() => View("Edit", new TypePage(null, new TypeInput(), new Dictionary<string, string>()));

    [HttpPost("new")]
    public async Task<IActionResult> Create([FromForm] TypeInput input, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string>();
        var (label, plural) = Labels(input, null, errors);
        var display = Texts(input.DisplayEn, input.DisplayZh).ToText(null, translations) ?? "Name";
        var given = input.Name?.Trim();
        var name = string.IsNullOrEmpty(given) ? Names.From(plural.En) : given;
        if (name is null)
            errors["name"] = localizer["Give a name in Latin letters, such as vehicles"];
        else if (definitions.Current.Find(name) is not null || IsAddress(name))
            errors["name"] = localizer["The name {0} is taken", name];
        if (errors.Count == 0)
        {
            var system = definitions.Current.Types.First().Fields.Where(f => f.IsSystem).Select(f => f.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var field = Names.Free(Names.From(display.En) ?? "name", system.Contains);
            var type = new ContentTypeDefinition
            {
                Name = name!,
                Label = label,
                PluralLabel = plural,
                Description = Texts(input.DescriptionEn, input.DescriptionZh).ToText(null, translations),
                Icon = Icon(input),
                DisplayField = field,
                DefaultSort = [field],
                QuickSearch = [field],
            };
            var problem = await definitions.ChangeAsync(async now => now.Find(type.Name) is not null
                ? new Message("The name {0} is taken", type.Name)
                : await definitions.SaveTypeAsync(type, cancellationToken) ?? await definitions.SaveFieldAsync(type.Name, Field.Text(field, display) with { Required = true, MaxLength = 200, Order = 10 }, cancellationToken), cancellationToken);
            if (problem is null)
            {
                new Toast(localizer["“{0}” is there. Give roles their rights to it, then they see it too.", plural.For(localizer)]).ShowOnNextPage(this);
                return Redirect($"/admin/content-types/{type.Name}");
            }
            errors["name"] = problem.For(localizer);
        }
        Response.StatusCode = StatusCodes.Status400BadRequest;
        ModelState.Clear();
        return View("Edit", new TypePage(null, input, errors));
    }

    [HttpGet("{type}/edit")]
    public IActionResult Edit([FromRoute] string type)
    {
        if (definitions.Current.Find(type) is not { } definition)
            return NotFound();
        var (label, plural, description) = (TwoTexts.Of(definition.Label, translations), TwoTexts.Of(definition.PluralLabel, translations), TwoTexts.Of(definition.Description, translations));
        var input = new TypeInput
        {
            Name = definition.Name,
            LabelEn = label.En,
            LabelZh = label.Zh,
            PluralEn = plural.En,
            PluralZh = plural.Zh,
            DescriptionEn = description.En,
            DescriptionZh = description.Zh,
            Icon = definition.Icon,
            ListColumns = [.. definition.ListColumns],
            KeyFacts = [.. definition.KeyFacts],
            QuickSearch = [.. definition.QuickSearch],
            Seen = Fingerprint.Of(definition),
        };
        return View("Edit", Page(definition, input, new Dictionary<string, string>()));
    }

    [HttpPost("{type}/edit")]
    public async Task<IActionResult> Edit([FromRoute] string type, [FromForm] TypeInput input, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(type) is not { } definition)
            return NotFound();
        var errors = new Dictionary<string, string>();
        var (label, plural) = Labels(input, definition, errors);
        if (errors.Count == 0)
        {
            var problem = await definitions.ChangeAsync(async now =>
            {
                var current = now.Get(definition.Name);
                if (input.Seen is { Length: > 0 } seen && seen != (input.Seen = Fingerprint.Of(current)))
                    return new Message("Somebody changed this in the meantime: “Changes” of the content type says what. Saving again puts yours in its place");
                return await definitions.SaveTypeAsync(current with
                {
                    Label = label,
                    PluralLabel = plural,
                    Description = Texts(input.DescriptionEn, input.DescriptionZh).ToText(current.Description, translations),
                    Icon = Icon(input),
                    ListColumns = Known(current, input.ListColumns),
                    KeyFacts = Known(current, input.KeyFacts),
                    QuickSearch = Known(current, input.QuickSearch),
                }, cancellationToken);
            }, cancellationToken);
            if (problem is null)
            {
                new Toast(localizer["“{0}” was saved.", plural.For(localizer)]).ShowOnNextPage(this);
                return Redirect($"/admin/content-types/{definition.Name}");
            }
            errors[""] = problem.For(localizer);
        }
        Response.StatusCode = StatusCodes.Status400BadRequest;
        ModelState.Clear();
        return View("Edit", Page(definition, input, errors));
    }

    private TypePage Page(ContentTypeDefinition type, TypeInput input, Dictionary<string, string> errors) => new(type, input, errors)
    {
        Columns = Choices(type, input.ListColumns, f => f.Kind is not ("longText" or "json") && f.Name != type.DisplayField),
        Facts = Choices(type, input.KeyFacts, f => f.Kind is not ("longText" or "json") && f.Name != type.DisplayField),
        Searched = Choices(type, input.QuickSearch, f => f.Kind is "tags" or "emails" or "phones" or "address" || (kinds.Of(f) is { Name: not ("pickList" or "json") } kind && kind.ValueType == typeof(string))),
    };

    private IReadOnlyList<PlaceChoice> Choices(ContentTypeDefinition type, IReadOnlyList<string> chosen, Func<FieldDefinition, bool> fits)
    {
        var known = Known(type, chosen);
        var others = type.Fields.Where(f => !f.Hidden && f.Name is not (SystemFields.Id or SystemFields.Version or SystemFields.DeletedAt or SystemFields.DeletedBy or SystemFields.DisplayText) && fits(f) && !known.Contains(f.Name));
        return [.. known.Where(p => fits(views.FieldAt(type, p))).Select(p => new PlaceChoice(p, views.LabelAt(type, p), true)), .. others.Select(f => new PlaceChoice(f.Name, f.Label.For(localizer), false))];
    }

    private static IReadOnlyList<string> Known(ContentTypeDefinition type, IReadOnlyList<string> paths)
        => [.. paths.Where(p => type.Find(p.Split('.')[0]) is not null).Distinct()];

    private (LocalizedText Label, LocalizedText Plural) Labels(TypeInput input, ContentTypeDefinition? before, Dictionary<string, string> errors)
    {
        var label = Texts(input.LabelEn, input.LabelZh).ToText(before?.Label, translations);
        var plural = Texts(input.PluralEn, input.PluralZh).ToText(before?.PluralLabel, translations) ?? label;
        if (label is null)
            errors["label"] = localizer["Give a label in at least one language"];
        return (label ?? "?", plural ?? "?");
    }

    private static TwoTexts Texts(string? en, string? zh) => new(Short(en), Short(zh));

    private static string Short(string? text) => text?.Trim() is { } given ? given[..Math.Min(given.Length, MaxLabel * 5)] : "";

    private static string Icon(TypeInput input) => input.Icon.Length is > 0 and <= 50 ? input.Icon : "file";

    /// <summary>Whether a page stands at the address that the type's list would have.</summary>
    private bool IsAddress(string name) => endpoints.Endpoints.OfType<RouteEndpoint>().Any(e => e.RoutePattern.PathSegments is [{ Parts: [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart first] }, ..]
        && string.Equals(first.Content, name, StringComparison.OrdinalIgnoreCase));

    private string Origin(string? feature)
        => feature is null ? localizer["Made here"] : features.All.FirstOrDefault(f => f.Id == feature) is { } found ? localizer[found.Name] : feature;
}
