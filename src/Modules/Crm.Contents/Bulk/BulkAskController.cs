using System.Text.Json;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Bulk;

/// <summary>From a list's selection to a batch: what is to be done, how that reads, and the start.</summary>
[Route("/{type:contentType(staff)}/bulk"), Route("/admin/{type:contentType(admin)}/bulk")]
internal sealed class BulkAskController(ContentDefinitions definitions, QueryEngine queries, IEnumerable<IBulkAction> actions, BulkBatches batches, IStringLocalizer localizer) : Controller
{
    private const string Preview = "preview";
    private const string Start = "start";

    /// <summary>Somebody has loaded the page anew, or come back to it.</summary>
    [HttpGet(""), RequirePermission(ContentsPermissions.Bulk)]
    public IActionResult Back([FromRoute] string type) => Redirect(definitions.Current.Get(type).Path);

    [HttpPost(""), RequirePermission(ContentsPermissions.Bulk)]
    public async Task<IActionResult> Ask([FromRoute] string type, [FromForm] BulkInput input, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (actions.FirstOrDefault(a => a.Name == input.BulkAction) is not { } action)
            return NotFound();
        if (!action.IsOffered(definition))
            return StatusCode(StatusCodes.Status403Forbidden);
        if (SelectionOf(input, action) is not { } selection || selection.Ids.Count > BulkSelection.MaxIds)
            return BadRequest();
        var back = selection.InBin ? $"{definition.Path}/recycle-bin" : ListLinks.Of(definition.Path, ("q", selection.Search), ("filter", selection.FilterText));
        if (selection.IsEmpty)
        {
            new Toast(localizer["Choose some records first."], IsBad: true).ShowOnNextPage(this);
            return Redirect(back);
        }
        var form = new BulkForm(definition, Request.Form, []);
        var inputs = await action.FormAsync(form, cancellationToken);
        var plan = inputs is null || input.BulkStep is Preview or Start ? await action.PlanAsync(form, cancellationToken) : null;
        if (plan is { Errors.Count: > 0 })
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            inputs = await action.FormAsync(form with { Errors = plan.Errors }, cancellationToken);
            plan = null;
        }
        if (plan is not null && input.BulkStep == Start)
            return Redirect($"/bulk/{(await batches.StartAsync(definition, action, plan, selection, cancellationToken)).Id}");
        var chosen = new Query(definition.Name) { Where = selection.Where(definition, definitions.Current), Bin = selection.InBin ? RecycleBin.Only : RecycleBin.Without };
        var count = (await queries.CountAsync(chosen.Type, chosen.Where, cancellationToken, exact: true, bin: chosen.Bin)).Count;
        var effects = plan is null ? null : await action.EffectsAsync(chosen, count, cancellationToken);
        return View("Ask", new BulkAskPage(definition, action, JsonSerializer.Serialize(selection), count,
            plan is null ? Part(inputs) : null, plan?.Title,
            [.. Request.Form.Where(f => !IsOwn(f.Key)).SelectMany(f => f.Value, (f, value) => KeyValuePair.Create(f.Key, value ?? ""))], back)
        { HasForm = inputs is not null, Effects = Part(effects) });

        FormPartView? Part(SlotView? view) => view is null ? null : new(action.GetType().Assembly, view);
    }

    private static bool IsOwn(string name)
        => name is "__RequestVerificationToken" or "bulkAction" or "bulkSelection" or "bulkStep" or "ids" or "all" or "bin";

    private static BulkSelection? SelectionOf(BulkInput input, IBulkAction action)
    {
        try
        {
            return string.IsNullOrEmpty(input.BulkSelection)
                ? new BulkSelection([.. input.Ids.Distinct()], input.All == "1", input.Filter, input.Q, action.IsForRecycleBin)
                : JsonSerializer.Deserialize<BulkSelection>(input.BulkSelection) is { } kept ? kept with { InBin = action.IsForRecycleBin } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
