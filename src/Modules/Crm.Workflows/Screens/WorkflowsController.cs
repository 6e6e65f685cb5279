using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Workflows;

/// <summary>The list of workflows, a workflow's own page, and its editor.</summary>
[Route("/admin/workflows"), RequirePermission(WorkflowsPermissions.Manage)]
internal sealed class WorkflowsController(
    WorkflowReader reader,
    EditorPages editors,
    WorkflowTemplates templates,
    DefinitionCheck check,
    IEnumerable<TriggerKind> triggers,
    IEnumerable<ActivityKind> activities,
    QueryEngine queries,
    IContentManager content,
    ActorContext actor,
    IStringLocalizer localizer) : Controller
{
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken cancellationToken)
        => View(new WorkflowListPage(await AsSystemAsync(() => reader.ListAsync(cancellationToken)), templates.All));

    [HttpGet("new")]
    public async Task<IActionResult> New(string? template, CancellationToken cancellationToken)
    {
        var input = new EditorInput();
        if (templates.Find(template) is { } chosen)
        {
            var number = await FreeNumberAsync(chosen.Label.En, cancellationToken);
            input = EditorInput.From(chosen.For(CultureInfo.CurrentUICulture.Name))!.Named(chosen.Label.En + number, chosen.Label.Zh + number, chosen.Description.For(localizer));
        }
        return View("Edit", await editors.MakeAsync(null, 0, input, [], [], cancellationToken));
    }

    [HttpPost("new")]
    public Task<IActionResult> Create([FromForm(Name = "do")] string? action, CancellationToken cancellationToken) => EditAsync(null, action, cancellationToken);

    [HttpGet("{id:guid}")]
    public async Task<IActionResult> Show(Guid id, InstanceState? state, CancellationToken cancellationToken)
        => await FindAsync(id, cancellationToken) is { } item ? View(await AsSystemAsync(() => reader.PageAsync(item, state, cancellationToken))) : NotFound();

    [HttpGet("{id:guid}/edit")]
    public async Task<IActionResult> Edit(Guid id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } item)
            return NotFound();
        return EditorInput.From(item) is { } input ? View(await editors.MakeAsync(id, item.Version, input, [], [], cancellationToken)) : View("NotInForm", reader.NameOf(item));
    }

    [HttpPost("{id:guid}/edit")]
    public async Task<IActionResult> Edit(Guid id, [FromForm(Name = "do")] string? action, CancellationToken cancellationToken)
        => await FindAsync(id, cancellationToken) is not null ? await EditAsync(id, action, cancellationToken) : NotFound();

    [HttpPost("{id:guid}/activate")]
    public Task<IActionResult> Activate(Guid id, CancellationToken cancellationToken) => SwitchAsync(id, true, cancellationToken);

    [HttpPost("{id:guid}/deactivate")]
    public Task<IActionResult> Deactivate(Guid id, CancellationToken cancellationToken) => SwitchAsync(id, false, cancellationToken);

    private async Task<IActionResult> EditAsync(Guid? id, string? action, CancellationToken cancellationToken)
    {
        var input = EditorInput.From(Request.Form, triggers, activities);
        var version = long.TryParse(Request.Form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : -1;
        if (action is { Length: > 0 })
        {
            input.Do(action);
            return View("Edit", await editors.MakeAsync(id, version, input, [], [], cancellationToken) with { IsDirty = true });
        }
        var definition = input.ToDefinition();
        var errors = await AsSystemAsync(() => check.FindAsync(definition, cancellationToken));
        IReadOnlyList<(string? InputId, string Text)> others = input.Name.Length == 0 ? [("name", localizer["{0} is required", localizer["Name"].Value])] : [];
        if (errors.Count == 0 && others.Count == 0)
        {
            var result = await SaveAsync(new ContentChange(WorkflowType.TypeName)
            {
                Id = id,
                Version = id is null ? null : version,
                Texts = { [WorkflowType.Name] = input.Name, [WorkflowType.ChineseName] = input.ChineseName, [WorkflowType.Description] = input.Description, [WorkflowType.Definition] = definition.Write() },
            }, cancellationToken);
            if (result.Succeeded)
            {
                new Toast(localizer["“{0}” was saved.", input.Name]).ShowOnNextPage(this);
                return Redirect($"/admin/workflows/{result.Id}");
            }
            others = [.. result.Errors.Select(e => ((string?)e.Field, e.Message.For(localizer)))];
            Response.StatusCode = result.Status == SaveStatus.Conflict ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
        }
        else
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        return View("Edit", await editors.MakeAsync(id, version, input, errors, others, cancellationToken) with { IsDirty = true });
    }

    private async Task<IActionResult> SwitchAsync(Guid id, bool on, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } item)
            return NotFound();
        var name = reader.NameOf(item);
        // One that would not run is not switched on; its page says what is wrong.
        if (on && (WorkflowStore.DefinitionOf(item) is not { } definition || (await AsSystemAsync(() => check.FindAsync(definition, cancellationToken))).Count > 0))
            new Toast(localizer["“{0}” cannot be switched on yet: see what is wrong with it.", name], IsBad: true).ShowOnNextPage(this);
        else if ((await SaveAsync(new ContentChange(WorkflowType.TypeName) { Id = id, Values = { [WorkflowType.IsActive] = on } }, cancellationToken)).Succeeded)
            new Toast(on ? localizer["“{0}” is on.", name] : localizer["“{0}” is off. What is under way goes on.", name]).ShowOnNextPage(this);
        return Redirect($"/admin/workflows/{id}");
    }

    // The permission to manage workflows stands for those of the content type: with it one acts as the system anyway.
    private Task<SaveResult> SaveAsync(ContentChange change, CancellationToken cancellationToken)
        => actor.AsSystemAsync(() => content.SaveAsync(change, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken));

    /// <summary>What follows the name of a template's second workflow, and of further ones; nothing for the first.</summary>
    private async Task<string> FreeNumberAsync(string name, CancellationToken cancellationToken)
    {
        var taken = await AsSystemAsync(() => queries.ListAsync(new Query(WorkflowType.TypeName) { Where = new CompareFilter(WorkflowType.Name, FilterOperator.StartsWith, name), Columns = [WorkflowType.Name], Take = 200 }, cancellationToken));
        var names = taken.Items.Select(i => i.DisplayText).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var number = 1;
        while (names.Contains(number == 1 ? name : $"{name} {number}"))
            number++;
        return number == 1 ? "" : $" {number}";
    }

    private Task<ContentItem?> FindAsync(Guid id, CancellationToken cancellationToken)
        => AsSystemAsync(() => queries.GetAsync(WorkflowType.TypeName, id, cancellationToken));

    private Task<T> AsSystemAsync<T>(Func<Task<T>> work) => actor.AsSystemAsync(work);
}
