using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Workflows;

/// <summary>What a workflow did: an instance with its trace, and a test run that writes nothing.</summary>
[Route("/admin/workflows"), RequirePermission(WorkflowsPermissions.Manage)]
internal sealed class InstancesController(WorkflowReader reader, InstanceStore instances, DryRun dryRun, QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : Controller
{
    [HttpGet("instances/{id:guid}")]
    public async Task<IActionResult> Show(Guid id, CancellationToken cancellationToken)
    {
        if (await instances.FindAsync(id, cancellationToken) is not { } instance)
            return NotFound();
        var row = (await actor.AsSystemAsync(() => reader.RowsAsync([instance], cancellationToken)))[0];
        return View(new InstancePage(row, reader.Lines(await instances.TraceOfAsync(id, cancellationToken))));
    }

    [HttpPost("instances/{id:guid}/retry")]
    public async Task<IActionResult> Retry(Guid id, CancellationToken cancellationToken)
    {
        if (await instances.RetryAsync(id, new Message("Tried again by {0}", actor.Current.DisplayName), cancellationToken))
            new Toast(localizer["It goes on."]).ShowOnNextPage(this);
        return Redirect($"/admin/workflows/instances/{id}");
    }

    [HttpPost("instances/{id:guid}/cancel")]
    public async Task<IActionResult> Cancel(Guid id, CancellationToken cancellationToken)
    {
        if (await instances.CancelAsync(id, new Message("Canceled by {0}", actor.Current.DisplayName), cancellationToken))
            new Toast(localizer["It is canceled."]).ShowOnNextPage(this);
        return Redirect($"/admin/workflows/instances/{id}");
    }

    [HttpGet("{id:guid}/test")]
    public async Task<IActionResult> Test(Guid id, CancellationToken cancellationToken)
        => await FindAsync(id, cancellationToken) is { } workflow ? View(Page(workflow)) : NotFound();

    [HttpPost("{id:guid}/test")]
    public async Task<IActionResult> Test(Guid id, [FromForm] Guid? record, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } workflow)
            return NotFound();
        var page = Page(workflow);
        if (page.Type is { } type)
        {
            var item = record is { } chosen ? await queries.GetAsync(type.Name, chosen, cancellationToken) : null;
            if (item is null)
            {
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View(page with { Trace = [] });
            }
            page = page with { Record = item.Id, RecordName = item.DisplayText };
        }
        return View(page with { Trace = reader.Lines(await dryRun.RunAsync(workflow, page.Record, cancellationToken)) });
    }

    private TestPage Page(ContentItem workflow)
        => new(workflow, reader.NameOf(workflow), WorkflowStore.DefinitionOf(workflow)?.Type is { } type ? definitions.Current.Find(type) : null, null, null, null);

    // The permission to manage workflows is enough to see them.
    private Task<ContentItem?> FindAsync(Guid id, CancellationToken cancellationToken)
        => actor.AsSystemAsync(() => queries.GetAsync(WorkflowType.TypeName, id, cancellationToken));
}

/// <summary>The key that webhooks are signed with, and the addresses inside the network that they may call.</summary>
[Route("/admin/workflows/webhooks"), RequirePermission(WorkflowsPermissions.Manage)]
internal sealed class WebhooksController(WebhookSettings settings, IStringLocalizer localizer) : Controller
{
    private const int MaxHosts = 50;

    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken cancellationToken)
    {
        var options = await settings.ReadAsync(cancellationToken);
        return View(new WebhooksPage(options, string.Join('\n', options.AllowedHosts)));
    }

    [HttpPost("")]
    public async Task<IActionResult> Save([FromForm] string? hosts, CancellationToken cancellationToken)
    {
        var all = (hosts ?? "").Split([' ', ',', '\n', '\r', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (all.Count > MaxHosts || all.FirstOrDefault(h => Uri.CheckHostName(h) == UriHostNameType.Unknown) is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            var wrong = all.FirstOrDefault(h => Uri.CheckHostName(h) == UriHostNameType.Unknown);
            return View("Index", new WebhooksPage(await settings.ReadAsync(cancellationToken), hosts ?? "", wrong is null ? localizer["At most {0} addresses", MaxHosts] : localizer["“{0}” is not the name or address of a machine, such as erp.example.com or 10.0.0.5", wrong]));
        }
        await settings.AllowAsync(all, cancellationToken);
        new Toast(localizer["Saved."]).ShowOnNextPage(this);
        return Redirect("/admin/workflows/webhooks");
    }

    [HttpPost("renew")]
    public async Task<IActionResult> Renew(CancellationToken cancellationToken)
    {
        await settings.RenewSecretAsync(cancellationToken);
        new Toast(localizer["There is a new key. Receivers need it from now on."]).ShowOnNextPage(this);
        return Redirect("/admin/workflows/webhooks");
    }
}
