using Crm.DataTransfer.Csv;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.DataTransfer.Import;

/// <param name="Keys">Fields that may tell which record a row is.</param>
/// <param name="Result">Null before anything was tried.</param>
/// <param name="Problems">The first of what is wrong.</param>
internal sealed record ImportPage(ContentTypeDefinition Type, IReadOnlyList<FieldDefinition> Keys, string? Key, bool DryRun, ImportResult? Result, IReadOnlyList<RowProblem> Problems, long MoreProblems)
{
    public const int MaxMegabytes = 20;
}

/// <summary>Import of a file from the browser, in one step.</summary>
[Route("/{type:contentType(staff)}/import"), Route("/admin/{type:contentType(admin)}/import"), RequireContentPermission(ContentActions.Import)]
internal sealed class ImportController(ContentDefinitions definitions, ImportMapper mapper, RecordImport import, IStringLocalizer localizer) : Controller
{
    private const int MaxBytes = ImportPage.MaxMegabytes << 20;
    private const int ShownProblems = 100;

    [HttpGet("")]
    public IActionResult Index([FromRoute] string type)
    {
        var definition = definitions.Current.Get(type);
        // The name is what most files have; a forgotten choice then doubles nothing.
        return View(Page(definition, mapper.Keys(definition).FirstOrDefault(k => k.Name == definition.DisplayField)?.Name, dryRun: true));
    }

    [HttpPost(""), RequestSizeLimit(MaxBytes + (1 << 20)), RequestFormLimits(MultipartBodyLengthLimit = MaxBytes + (1 << 20))]
    public async Task<IActionResult> Run([FromRoute] string type, IFormFile? file, string? key, bool dryRun, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        key = string.IsNullOrEmpty(key) ? null : key;
        if (file is null or { Length: 0 or > MaxBytes })
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            var problem = new RowProblem(null, new("Choose a CSV file of at most {0} MB", ImportPage.MaxMegabytes));
            return View("Index", Page(definition, key, dryRun) with { Problems = [problem] });
        }
        var problems = new List<RowProblem>();
        var count = 0L;
        await using var stream = file.OpenReadStream();
        // The file is here in full; who closes the page now must not be left with half of it written.
        var writing = dryRun ? cancellationToken : CancellationToken.None;
        var result = await import.RunAsync(new ImportRequest(definition.Name, stream) { Key = key, DryRun = dryRun }, Report, writing);
        if (result is { Succeeded: true } && !dryRun)
        {
            new Toast(localizer["{0} created, {1} updated, {2} unchanged, {3} failed", result.Created, result.Updated, result.Unchanged, result.Failed]).ShowOnNextPage(this);
            return Redirect(definition.Path);
        }
        return View("Index", Page(definition, key, dryRun) with { Result = result, Problems = problems, MoreProblems = count - problems.Count });

        void Report(RowProblem problem)
        {
            if (++count <= ShownProblems)
                problems.Add(problem);
        }
    }

    private ImportPage Page(ContentTypeDefinition type, string? key, bool dryRun) => new(type, mapper.Keys(type), key, dryRun, null, [], 0);
}
