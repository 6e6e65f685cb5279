using System.Globalization;
using System.Text;
using Crm.Contents.LookUps;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Bulk;

/// <summary>One's own changes of many records: how far they are, what came of them, and undo.</summary>
[Route("/bulk"), RequirePermission(ContentsPermissions.Bulk)]
internal sealed class BulkController(BulkBatches batches, BulkStore store, ContentDefinitions definitions, RecordNames names, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int Latest = 50;

    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken cancellationToken)
        => View(actor.Current.UserId is { } me ? await store.ListAsync(me, Latest, cancellationToken) : []);

    [HttpGet("{id:guid}")]
    public async Task<IActionResult> Show(Guid id, CancellationToken cancellationToken)
    {
        if (await batches.FindAsync(id, cancellationToken) is not { } batch)
            return NotFound();
        var left = batch.LeftOut > 0 ? await NameAsync(await store.ExceptionsAsync(id, 0, BulkPage.Shown, cancellationToken), cancellationToken) : [];
        var before = batch.IsRunning ? (await store.ListRunningAsync(batch.By, cancellationToken)).TakeWhile(b => b.Id != batch.Id).Count() : 0;
        return View(new BulkPage(batch, definitions.Current.Find(batch.Type), left, before));
    }

    /// <summary>How far it is, for pages that wait.</summary>
    [HttpGet("{id:guid}/state")]
    public async Task<IActionResult> State(Guid id, CancellationToken cancellationToken)
        => await batches.FindAsync(id, cancellationToken) is { } batch
            ? Json(new { running = batch.IsRunning, done = batch.Done, total = batch.Status == BulkStatus.Collecting ? 0 : batch.Total, title = batch.Title.For(localizer), result = Result(batch), url = $"/bulk/{id}", canUndo = batch.CanUndo && batch.UndoOf is null })
            : NotFound();

    [HttpPost("{id:guid}/pause")]
    public Task<IActionResult> Pause(Guid id, CancellationToken cancellationToken) => DoAsync(id, batches.PauseAsync, cancellationToken);

    [HttpPost("{id:guid}/resume")]
    public Task<IActionResult> Resume(Guid id, CancellationToken cancellationToken) => DoAsync(id, batches.ResumeAsync, cancellationToken);

    [HttpPost("{id:guid}/cancel")]
    public Task<IActionResult> Cancel(Guid id, CancellationToken cancellationToken) => DoAsync(id, batches.CancelAsync, cancellationToken);

    [HttpPost("{id:guid}/undo")]
    public async Task<IActionResult> Undo(Guid id, CancellationToken cancellationToken)
    {
        if (await batches.FindAsync(id, cancellationToken) is not { } batch)
            return NotFound();
        return batch.CanUndo && await batches.UndoAsync(batch, cancellationToken) is { } undo ? Redirect($"/bulk/{undo.Id}") : Redirect($"/bulk/{id}");
    }

    /// <summary>All that were left as they are, with the reasons.</summary>
    [HttpGet("{id:guid}/left-out.csv")]
    public async Task<IActionResult> LeftOut(Guid id, CancellationToken cancellationToken)
    {
        if (await batches.FindAsync(id, cancellationToken) is null)
            return NotFound();
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = "attachment; filename=left-out.csv";
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', new[] { localizer["Record"].Value, localizer["Reason"].Value, localizer["Address"].Value }.Select(Cell)));
        for (var after = 0L; await store.ExceptionsAsync(id, after, 500, cancellationToken) is { Count: > 0 } page; after = page[^1].Position)
            foreach (var left in await NameAsync(page, cancellationToken))
                await writer.WriteLineAsync(string.Join(',', new[] { left.Name ?? localizer["Not visible to you"].Value, left.Reason, $"{Request.Scheme}://{Request.Host}{left.Url}" }.Select(Cell)));
        return new EmptyResult();
    }

    private async Task<IActionResult> DoAsync(Guid id, Func<BulkBatch, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (await batches.FindAsync(id, cancellationToken) is not { } batch)
            return NotFound();
        await work(batch, cancellationToken);
        return Redirect($"/bulk/{id}");
    }

    private async Task<IReadOnlyList<LeftOutRecord>> NameAsync(IReadOnlyList<BulkException> left, CancellationToken cancellationToken)
    {
        var known = await names.FindAsync(left.Select(l => (l.Type, l.Id)), cancellationToken);
        return [.. left.Select(l => new LeftOutRecord(known.GetValueOrDefault(l.Id), $"{definitions.Current.Find(l.Type)?.Path ?? $"/{l.Type}"}/{l.Id}", l.Reason.For(localizer)))];
    }

    private string Result(BulkBatch batch)
    {
        var changed = localizer["{0} changed", Number(batch.Changed)].Value;
        return batch.LeftOut == 0 ? changed : localizer["{0}, {1} left as they are", changed, Number(batch.LeftOut)];
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>Quoted, and never a formula to a spreadsheet.</summary>
    private static string Cell(string text)
        => $"\"{(text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
