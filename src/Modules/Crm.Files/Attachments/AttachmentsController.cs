using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Files.Attachments;

internal sealed class AttachmentsController(ContentDefinitions definitions, QueryEngine queries, IContentManager content, FileStore store, IStringLocalizer localizer) : Controller
{
    private const int MaxFiles = 20;

    /// <summary>One request may bring several files, of that many bytes together.</summary>
    private const long MaxBytes = 2L * AttachmentFields.MaxMegabytes << 20;

    [HttpPost("/{type:contentType(staff)}/{id:guid}/attachments"), RequirePermission("attachments.create"), RequestSizeLimit(MaxBytes), RequestFormLimits(MultipartBodyLengthLimit = MaxBytes)]
    public async Task<IActionResult> Attach([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var about = definitions.Current.Get(type);
        if (await queries.GetAsync(about.Name, id, cancellationToken) is null)
            return NotFound();
        var sent = Request.Form.Files.Where(f => f.FileName.Length > 0).ToList();
        var problems = new List<Message>();
        if (sent.Count == 0)
            problems.Add(new("Choose a file"));
        if (sent.Count > MaxFiles)
            problems.Add(new("At most {0} files at once", MaxFiles));
        var added = 0;
        foreach (var file in sent.Take(MaxFiles))
            if (await AttachAsync(new RecordLink(about.Name, id), file, cancellationToken) is { } problem)
                problems.Add(problem);
            else
                added++;
        new Toast(problems.Count > 0 ? string.Join(localizer["; "], problems.Select(p => p.For(localizer))) : added == 1 ? localizer["“{0}” was attached.", FileNames.Clean(sent[0].FileName)] : localizer["{0} files were attached.", added], IsBad: problems.Count > 0).ShowOnNextPage(this);
        return LocalRedirect($"{about.Path}/{id}#files");
    }

    /// <summary>Found only by those who may see the record: see <see cref="ContentTypeDefinition.ScopedBy"/>.</summary>
    [HttpGet("/attachments/{id:guid}"), RequirePermission("attachments.view")]
    public async Task<IActionResult> Read(Guid id, CancellationToken cancellationToken)
        => (await queries.GetAsync(AttachmentType.Name, id, cancellationToken))?[AttachmentFields.File] is StoredFile file ? FileAnswer.Send(HttpContext, store, file) : NotFound();

    [HttpPost("/attachments/{id:guid}/delete"), RequirePermission("attachments.delete")]
    public async Task<IActionResult> Delete(Guid id, CancellationToken cancellationToken)
    {
        var item = await queries.GetAsync(AttachmentType.Name, id, cancellationToken);
        return Finish(item, await content.DeleteAsync(AttachmentType.Name, id, null, cancellationToken), "“{0}” was deleted.", $"/attachments/{id}/restore");
    }

    /// <summary>What the toast offers after a deletion.</summary>
    [HttpPost("/attachments/{id:guid}/restore"), RequirePermission("attachments.delete")]
    public async Task<IActionResult> Restore(Guid id, CancellationToken cancellationToken)
    {
        var item = await queries.GetAsync(AttachmentType.Name, id, cancellationToken, RecycleBin.Only);
        return Finish(item, await content.RestoreAsync(AttachmentType.Name, id, cancellationToken), "“{0}” was restored.", null);
    }

    private async Task<Message?> AttachAsync(RecordLink about, IFormFile file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = file.OpenReadStream();
            var stored = await store.AddAsync(definitions.Current.Get(AttachmentType.Name).Field(AttachmentFields.File), file.FileName, stream, cancellationToken);
            var change = new ContentChange(AttachmentType.Name) { Values = { [AttachmentFields.Name] = stored.Name, [AttachmentFields.File] = stored, [AttachmentFields.Regarding] = about } };
            var result = await content.SaveAsync(change, SaveOptions.Default, cancellationToken);
            return result.Succeeded ? null : result.Errors.Count > 0 ? result.Errors[0].Message : new("You may not change the record that the file is attached to");
        }
        catch (FileRefusedException e)
        {
            return e.Reason;
        }
    }

    private IActionResult Finish(ContentItem? item, SaveResult result, string text, string? undoUrl)
    {
        if (item?[AttachmentFields.Regarding] is not RecordLink about || definitions.Current.Find(about.Type) is not { } type || result.Status == SaveStatus.NotFound)
            return NotFound();
        if (result.Status == SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        new Toast(result.Succeeded ? localizer[text, item.DisplayText] : result.Errors[0].Message.For(localizer), result.Succeeded ? undoUrl : null, IsBad: !result.Succeeded).ShowOnNextPage(this);
        return LocalRedirect($"{type.Path}/{about.Id}#files");
    }
}
