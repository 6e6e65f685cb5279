using Crm.Contents.Bulk;
using Crm.DataTransfer.Csv;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Jobs;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.DataTransfer.Import.Browser;

/// <summary>Import of a file in steps: the file, its columns, values that are no options, a trial, the result.</summary>
[Route("/{type:contentType(staff)}/import"), Route("/admin/{type:contentType(admin)}/import"), RequireContentPermission(ContentActions.Import)]
internal sealed class ImportController(ContentDefinitions definitions, ImportFolder folder, ImportMapper mapper, ImportRunner runner, BatchUndo undo, IJobQueue queue, JobLog jobs, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int MaxBytes = ImportFolder.MaxMegabytes << 20;

    /// <summary>Files of more rows are worked on in the background.</summary>
    private const int InlineRows = 500;

    [HttpGet("")]
    public async Task<IActionResult> Index([FromRoute] string type, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        return View(new UploadPage(definition, await folder.ListAsync(definition.Name, cancellationToken), []));
    }

    [HttpPost(""), RequestSizeLimit(MaxBytes + (1 << 20)), RequestFormLimits(MultipartBodyLengthLimit = MaxBytes + (1 << 20))]
    public async Task<IActionResult> Upload([FromRoute] string type, IFormFile? file, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var problems = new List<RowProblem>();
        if (file is { Length: > 0 and <= MaxBytes })
        {
            await using var stream = file.OpenReadStream();
            if (await folder.AddAsync(definition, file.FileName, stream, problems.Add, cancellationToken) is { } draft)
            {
                var fields = mapper.Propose(definition, [.. draft.Columns.Select(c => c.Name)]);
                // The name is what most files have; a forgotten choice then doubles nothing.
                var key = fields.Contains(definition.DisplayField) && mapper.Keys(definition).Any(k => k.Name == definition.DisplayField) ? definition.DisplayField : null;
                await folder.SaveAsync(draft with { Fields = fields, Key = key }, cancellationToken);
                return Redirect($"{definition.Path}/import/{draft.Id}");
            }
        }
        if (problems.Count == 0)
            problems.Add(new(null, new("Choose a CSV or Excel file of at most {0} MB", ImportFolder.MaxMegabytes)));
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("Index", new UploadPage(definition, await folder.ListAsync(definition.Name, cancellationToken), problems));
    }

    /// <summary>Wherever the file is on its way; <paramref name="step"/> goes back.</summary>
    [HttpGet("{id:guid}")]
    public async Task<IActionResult> Show([FromRoute] string type, Guid id, string? step, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await folder.FindAsync(definition.Name, id, cancellationToken) is not { } draft)
            return NotFound();
        var job = draft.JobId is { } jobId ? await jobs.FindAsync(jobId, cancellationToken) : null;
        if (job is { Status: JobStatus.Queued or JobStatus.Running })
            return View("Progress", new ProgressPage(definition, draft, job));
        var failure = job is { Status: JobStatus.Failed, Message: { } message } ? localizer[message].Value : null;
        if (step == "values" && draft.Result is null && Unknown(definition, draft) is { Count: > 0 } unknown)
            return View("Values", new ValuesPage(definition, draft, unknown));
        if (step != "columns" && (draft.Result ?? draft.Trial) is { } report)
            return View("Outcome", new OutcomePage(definition, draft, report, draft.Result is null, failure));
        return View("Columns", Columns(definition, draft, failure is null ? [] : [failure]));
    }

    /// <param name="field">The field of each column, in the order of the columns; empty for none.</param>
    [HttpPost("{id:guid}/columns")]
    public async Task<IActionResult> SaveColumns([FromRoute] string type, Guid id, [FromForm] string?[] field, [FromForm] string? key, [FromForm] EmptyCell empty, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await OpenAsync(definition, id, cancellationToken) is not { } draft)
            return NotFound();
        draft = draft with { Fields = [.. draft.Columns.Select((_, i) => field.ElementAtOrDefault(i) is { Length: > 0 } name ? name : null)], Key = string.IsNullOrEmpty(key) ? null : key, EmptyCell = empty, Trial = null };
        // What was said about the values of a column means nothing once that is left out.
        draft = draft with { Values = [.. draft.Values.Where(v => draft.Fields.Contains(v.Field, StringComparer.OrdinalIgnoreCase))] };
        var problems = new List<string>();
        mapper.Map(definition, [.. draft.Columns.Select(c => c.Name)], new ImportRequest(definition.Name, Stream.Null) { Map = draft.Map, OnlyMapped = true, Key = draft.Key }, p => problems.Add(p.Message.For(localizer)));
        if (problems.Count == 0 && draft.Key is null && Columns(definition, draft, []).Missing is { Count: > 0 } missing)
            problems.Add(localizer["New records need: {0}. Choose which column holds each.", string.Join(localizer[", "], missing)]);
        problems.AddRange(draft.Columns.Zip(draft.Fields).Where(c => c.First.HasTooMany && c.Second is { } name && definition.Find(name) is { Kind: "pickList", Open: true })
            .Select(c => localizer["“{0}” has more than {1} different values, too many for a pick-list", c.First.Name, ImportFolder.MaxValues].Value));
        if (problems.Count > 0)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("Columns", Columns(definition, draft, problems));
        }
        await folder.SaveAsync(draft, cancellationToken);
        return Unknown(definition, draft).Count > 0 ? Redirect($"{definition.Path}/import/{id}?step=values") : await RunAsync(definition, draft, isTrial: true, cancellationToken);
    }

    /// <summary>For each unknown value an option's key, empty to leave the field empty, the value itself to make an option of it, or <c>=</c> to refuse its rows.</summary>
    [HttpPost("{id:guid}/values")]
    public async Task<IActionResult> SaveValues([FromRoute] string type, Guid id, [FromForm] string[] field, [FromForm] string[] from, [FromForm] string?[] to, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await OpenAsync(definition, id, cancellationToken) is not { } draft)
            return NotFound();
        var count = Math.Min(field.Length, Math.Min(from.Length, to.Length));
        draft = draft with { Values = [.. Enumerable.Range(0, count).Select(i => new ValueMap(field[i], from[i], to[i] == "=" ? null : to[i] ?? ""))], Trial = null };
        await folder.SaveAsync(draft, cancellationToken);
        return await RunAsync(definition, draft, isTrial: true, cancellationToken);
    }

    [HttpPost("{id:guid}/run")]
    public async Task<IActionResult> Run([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        return await OpenAsync(definition, id, cancellationToken) is { } draft ? await RunAsync(definition, draft, isTrial: false, cancellationToken) : NotFound();
    }

    /// <summary>How far the work is, for the page that waits.</summary>
    [HttpGet("{id:guid}/state")]
    public async Task<IActionResult> State([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        if (await folder.FindAsync(definitions.Current.Get(type).Name, id, cancellationToken) is not { JobId: { } jobId } || await jobs.FindAsync(jobId, cancellationToken) is not { } job)
            return NotFound();
        return Json(new { running = job.Status is JobStatus.Queued or JobStatus.Running, done = job.Done, total = job.Total });
    }

    /// <summary>The failed rows with their reasons, to be mended and imported again.</summary>
    [HttpGet("{id:guid}/failed.csv")]
    public async Task<IActionResult> Failed([FromRoute] string type, Guid id, CancellationToken cancellationToken)
        => await folder.FindAsync(definitions.Current.Get(type).Name, id, cancellationToken) is { } draft && System.IO.File.Exists(folder.FailedOf(id))
            ? PhysicalFile(folder.FailedOf(id), "text/csv; charset=utf-8", $"{Path.GetFileNameWithoutExtension(draft.FileName)}-failed.csv")
            : NotFound();

    /// <summary>Takes back what the import has created and changed, in the background.</summary>
    [HttpPost("{id:guid}/undo")]
    public async Task<IActionResult> Undo([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (!undo.CanUndo)
            return StatusCode(StatusCodes.Status403Forbidden);
        return await folder.FindAsync(definition.Name, id, cancellationToken) is { Result: not null } draft
            ? Redirect(await undo.StartAsync(draft.Id, definition, new("Undo the import of {0}", draft.FileName), cancellationToken))
            : NotFound();
    }

    [HttpPost("{id:guid}/discard")]
    public async Task<IActionResult> Discard([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await OpenAsync(definition, id, cancellationToken, done: true) is null)
            return NotFound();
        folder.Remove(id);
        return Redirect($"{definition.Path}/import");
    }

    /// <summary>A file that nothing works on, and that, unless asked for otherwise, has not been imported.</summary>
    private async Task<ImportDraft?> OpenAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken, bool done = false)
    {
        if (await folder.FindAsync(type.Name, id, cancellationToken) is not { } draft || (draft.Result is not null && !done))
            return null;
        return await folder.IsWorkedOnAsync(draft, cancellationToken) ? null : draft;
    }

    private async Task<IActionResult> RunAsync(ContentTypeDefinition type, ImportDraft draft, bool isTrial, CancellationToken cancellationToken)
    {
        if (draft.Rows > InlineRows)
            await folder.SetJobAsync(draft.Id, await queue.EnqueueAsync(ImportTask.TaskName, ImportTask.Data(draft, isTrial), cancellationToken), cancellationToken);
        else
            // The file is here in full; who closes the page now must not be left with half of it written.
            await runner.RunAsync(draft, isTrial, isTrial ? cancellationToken : CancellationToken.None);
        return Redirect($"{type.Path}/import/{draft.Id}");
    }

    private ColumnsPage Columns(ContentTypeDefinition type, ImportDraft draft, IReadOnlyList<string> problems)
        => new(type, draft, [.. mapper.Targets(type).Select(t => new ImportTarget(t.Text, LabelOf(t.Text, t.Field), t.Field is { Required: true, Default: null, ReadOnly: false } && t.Text == t.Field.Name))],
            mapper.Keys(type), problems);

    private string LabelOf(string text, FieldDefinition field)
    {
        var label = field.Label.For(localizer);
        return text == field.Name ? label
            : field.Kind == "address" ? localizer["{0}: {1}", label, AddressParts.Columns.First(p => p.Part == text[field.Name.Length..]).Label.For(localizer)]
            : localizer["{0}: currency", label];
    }

    private List<UnknownValue> Unknown(ContentTypeDefinition type, ImportDraft draft)
    {
        var unknown = new List<UnknownValue>();
        foreach (var (column, name) in draft.Columns.Zip(draft.Fields))
            if (name is not null && type.Find(name) is { Kind: "pickList" } field)
                foreach (var text in column.Values.Where(v => !field.Options.Any(o => string.Equals(o.Key, v, StringComparison.OrdinalIgnoreCase) || o.Label.Matches(v, localizer))))
                    unknown.Add(new(field, text, field.Open && actor.Current.Can(type, ContentActions.AddOptions), draft.Values.FirstOrDefault(m => m.Field == field.Name && FieldKind.Fold(m.From) == FieldKind.Fold(text))?.To));
        return unknown;
    }
}
