using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.ContentTypes.History;

internal sealed record HistoryPage(ContentTypeDefinition Type, IReadOnlyList<HistoryRow> Rows);

/// <param name="What">The field's label, or the type's.</param>
/// <param name="Settings">What was changed, in words, with the value since where it is short.</param>
internal sealed record HistoryRow(long Version, DateTime At, string Who, string What, DefinitionEvent Event, IReadOnlyList<(string Setting, string? Value)> Settings, bool CanUndo);

internal enum DefinitionEvent
{
    Added,
    Changed,

    /// <summary>The field, with its values.</summary>
    Removed,
}

/// <summary>Who changed what of a type's definition, and taking the last change back.</summary>
[Route("/admin/content-types/{type}/history"), RequirePermission(ContentTypesPermissions.Manage)]
internal sealed class HistoryController(ContentDefinitions definitions, QueryEngine queries, IStringLocalizer localizer) : Controller
{
    private const int Shown = 200;

    [HttpGet("")]
    public async Task<IActionResult> Index([FromRoute] string type, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(type) is not { } definition)
            return NotFound();
        var changes = (await definitions.HistoryAsync(definition.Name, cancellationToken)).Take(Shown).ToList();
        var ids = changes.Select(c => c.UserId).OfType<Guid>().Distinct().ToList();
        var users = ids.Count == 0 ? [] : (await queries.ListAsync(new Query(SystemTypes.Users) { Where = Filter.In(SystemFields.Id, ids.Select(i => (object?)i)), Columns = [], Take = QueryEngine.MaxTake, Sort = [SystemFields.Id], Bin = RecycleBin.With }, cancellationToken)).Items.ToDictionary(u => u.Id, u => u.DisplayText);
        return View(new HistoryPage(definition, [.. changes.Select(c => Row(definition, c, c.UserId is { } id ? users.GetValueOrDefault(id) : null))]));
    }

    [HttpPost("{version:long}/undo")]
    public async Task<IActionResult> Undo([FromRoute] string type, long version, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(type) is not { } definition)
            return NotFound();
        var problem = await definitions.UndoAsync(definition.Name, version, cancellationToken);
        (problem is null ? new Toast(localizer["The change is taken back."]) : new Toast(problem.For(localizer), IsBad: true)).ShowOnNextPage(this);
        return Redirect($"/admin/content-types/{definition.Name}/history");
    }

    private HistoryRow Row(ContentTypeDefinition type, DefinitionChange change, string? who)
    {
        var before = change.Before ?? [];
        var names = before.Select(p => p.Key).Union(change.After.Select(p => p.Key)).Where(name => !JsonNode.DeepEquals(before[name], change.After[name])).ToList();
        var isMade = change.Field.Length > 0 ? type.Find(change.Field)?.Feature is null && change.After.ContainsKey("kind") : type.Feature is null;
        var isNew = isMade && (change.Before is null || change.Before.Count == 0);
        var what = change.Field.Length == 0 ? type.PluralLabel.For(localizer) : type.Find(change.Field)?.Label.For(localizer) ?? change.Field;
        var isGone = !isNew && change.After.Count == 0 && change.Before?.ContainsKey("kind") == true;
        return new(change.Version, change.At, who ?? localizer["The system"], what, isNew ? DefinitionEvent.Added : isGone ? DefinitionEvent.Removed : DefinitionEvent.Changed,
            isNew || isGone ? [] : [.. names.Where(n => n != "isMade").Select(name => (Word(name), Value(type, name, change.After[name])))], change.IsLast && !isNew && !isGone);
    }

    private string Word(string setting) => localizer[setting switch
    {
        "label" => "Label",
        "pluralLabel" => "Plural",
        "description" => "Description",
        "icon" => "Icon",
        "help" => "Hint",
        "section" => "Section",
        "required" => "Required",
        "unique" => "Unique",
        "hidden" => "Hidden",
        "deletedAt" => "Deleted",
        "default" => "Starting value",
        "maxLength" => "Longest text",
        "min" => "Lowest value",
        "max" => "Highest value",
        "earliest" => "Earliest",
        "latest" => "Latest",
        "decimals" => "Decimals",
        "options" => "Options",
        "open" => "Takes new options",
        "order" => "Moved",
        "relatedLabel" => "Heading of the related list",
        "onDelete" => "When the other record is deleted",
        "listColumns" => "List columns",
        "keyFacts" => "Key facts",
        "quickSearch" => "Quick search",
        _ => setting,
    }];

    private string? Value(ContentTypeDefinition type, string setting, JsonNode? value) => setting switch
    {
        // Its number says nothing to people.
        "order" => localizer["Yes"],
        "deletedAt" => value is null ? null : localizer["Yes"].Value,
        "listColumns" or "keyFacts" or "quickSearch" when value is JsonArray fields
            => string.Join(localizer[", "], fields.Select(f => type.Find(f?.ToString() ?? "")?.Label.For(localizer) ?? f?.ToString())),
        _ => Text(value),
    };

    private string? Text(JsonNode? value)
    {
        switch (value?.GetValueKind())
        {
            case null or JsonValueKind.Null:
                return null;
            case JsonValueKind.True:
                return localizer["Yes"];
            case JsonValueKind.False:
                return localizer["No"];
            case JsonValueKind.Object:
                return string.Join(" / ", value.AsObject().Select(p => p.Value?.ToString()).Distinct());
            case JsonValueKind.Array:
                var texts = value.AsArray().Select(v => v is JsonObject option ? Text(option["label"]) : v?.ToString()).ToList();
                return texts.Count <= 12 ? string.Join(localizer[", "], texts) : localizer["{0} in all", texts.Count];
            default:
                return value.ToString();
        }
    }
}
