using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>What a form about a view sends.</summary>
internal sealed class ViewInput
{
    public string? Name { get; set; }

    /// <summary><c>private</c>, <c>everybody</c> or the id of a team.</summary>
    public string? Visibility { get; set; }

    public string? Filter { get; set; }

    public string? Sort { get; set; }

    public string? Columns { get; set; }

    public string? Group { get; set; }

    /// <summary><see cref="ListAddress.Board"/>, or null.</summary>
    public string? View { get; set; }

    public IReadOnlyList<(string Name, string? Value)> State => [("filter", Filter), ("sort", Sort), ("columns", Columns), ("group", Group), ("view", View)];
}

/// <param name="View">Null for a new one.</param>
/// <param name="Teams">With whom it can be shared; empty for somebody who may not share.</param>
internal sealed record ViewForm(ContentTypeDefinition Type, SavedView? View, ViewInput Input, bool CanShare, IReadOnlyList<(Guid Id, string Name)> Teams, string? Error)
{
    public string Chosen => Input.Visibility ?? (View?.Visibility == ViewType.Team ? View.Team?.ToString("D") : View?.Visibility) ?? ViewType.Private;
}

/// <summary>Keeps lists under names. What a reader is not meant to see is not there.</summary>
[Route("/{type:contentType(staff)}/views"), Route("/admin/{type:contentType(admin)}/views")]
internal sealed class ViewsController(ContentDefinitions definitions, SavedViews views, QueryEngine queries, ActorContext actor, IStringLocalizer localizer) : Controller
{
    [HttpGet("new"), RequireScreen]
    public async Task<IActionResult> New([FromRoute] string type, ViewInput input, CancellationToken cancellationToken)
        => View("Save", await FormAsync(type, null, input, null, cancellationToken));

    [HttpPost(""), RequireScreen]
    public Task<IActionResult> Create([FromRoute] string type, [FromForm] ViewInput input, CancellationToken cancellationToken)
        => SaveAsync(type, null, input, Named(input, State(type, input)), cancellationToken);

    [HttpGet("{id:guid}/edit"), RequireScreen]
    public async Task<IActionResult> Edit([FromRoute] string type, Guid id, CancellationToken cancellationToken)
        => await FindAsync(type, id, cancellationToken) switch
        {
            null => NotFound(),
            { CanChange: false } => StatusCode(StatusCodes.Status403Forbidden),
            var view => View("Save", await FormAsync(type, view, new ViewInput { Name = view.Name }, null, cancellationToken)),
        };

    [HttpPost("{id:guid}"), RequireScreen]
    public async Task<IActionResult> Rename([FromRoute] string type, Guid id, [FromForm] ViewInput input, CancellationToken cancellationToken)
        => await FindAsync(type, id, cancellationToken) is { } view ? await SaveAsync(type, view, input, Named(input, []), cancellationToken) : NotFound();

    /// <summary>The view becomes what the list shows now.</summary>
    [HttpPost("{id:guid}/state"), RequireScreen]
    public async Task<IActionResult> Keep([FromRoute] string type, Guid id, [FromForm] ViewInput input, CancellationToken cancellationToken)
        => await FindAsync(type, id, cancellationToken) is { } view ? await SaveAsync(type, view, input, State(type, input), cancellationToken) : NotFound();

    [HttpPost("{id:guid}/delete"), RequireScreen]
    public async Task<IActionResult> Delete([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        if (await FindAsync(type, id, cancellationToken) is not { } view)
            return NotFound();
        if (!view.CanChange)
            return StatusCode(StatusCodes.Status403Forbidden);
        var result = await views.DeleteAsync(view, cancellationToken);
        new Toast(result.Succeeded ? localizer["“{0}” was deleted.", view.Name] : string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer))), IsBad: !result.Succeeded).ShowOnNextPage(this);
        return Redirect(ListLinks.Of(definitions.Current.Get(type).Path, ("view", "list")));
    }

    private Task<SavedView?> FindAsync(string type, Guid id, CancellationToken cancellationToken) => views.FindAsync(definitions.Current.Get(type), id, cancellationToken);

    private async Task<IActionResult> SaveAsync(string type, SavedView? view, ViewInput input, Dictionary<string, string?> texts, CancellationToken cancellationToken)
    {
        var shares = texts.TryGetValue("visibility", out var visibility) && visibility != ViewType.Private;
        Guid? team = visibility == ViewType.Team ? Guid.Parse(input.Visibility!) : null;
        if (view is { CanChange: false } || shares && !views.CanShare || team is { } one && !actor.Current.Teams.Contains(one) && one != view?.Team)
            return StatusCode(StatusCodes.Status403Forbidden);
        var result = await views.SaveAsync(view, texts, team, cancellationToken);
        if (!result.Succeeded)
        {
            var error = string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer)));
            Response.StatusCode = result.Status == SaveStatus.Conflict ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
            return View("Save", await FormAsync(type, view, input, error, cancellationToken));
        }
        new Toast(localizer["The view “{0}” was saved.", texts.GetValueOrDefault("name") ?? view!.Name]).ShowOnNextPage(this);
        return Redirect(ListLinks.Of(definitions.Current.Get(type).Path, ("saved", result.Id.ToString("D"))));
    }

    private static Dictionary<string, string?> Named(ViewInput input, Dictionary<string, string?> texts)
    {
        texts["name"] = input.Name;
        texts["visibility"] = input.Visibility switch
        {
            null or "" or ViewType.Private => ViewType.Private,
            ViewType.Everybody => ViewType.Everybody,
            var team when Guid.TryParse(team, out _) => ViewType.Team,
            _ => ViewType.Private,
        };
        return texts;
    }

    private Dictionary<string, string?> State(string type, ViewInput input)
    {
        // What cannot be read is not kept.
        if (!string.IsNullOrEmpty(input.Filter))
            FilterParser.Parse(input.Filter, definitions.Current.Get(type), definitions.Current);
        return new() { ["list"] = definitions.Current.Get(type).Name, ["filter"] = input.Filter, ["sort"] = input.Sort, ["columns"] = input.Columns, ["group"] = input.Group, ["mode"] = input.View == ListAddress.Board ? ListAddress.Board : null };
    }

    private async Task<ViewForm> FormAsync(string type, SavedView? view, ViewInput input, string? error, CancellationToken cancellationToken)
    {
        var teams = views.CanShare && actor.Current.Teams.Count > 0
            ? (await queries.ListAsync(new Query(SystemTypes.Teams) { Where = Filter.In(SystemFields.Id, actor.Current.Teams.Select(t => (object?)t)), Columns = [] }, cancellationToken)).Items
            : [];
        return new(definitions.Current.Get(type), view, input, views.CanShare, [.. teams.Select(t => (t.Id, t.DisplayText))], error);
    }
}
