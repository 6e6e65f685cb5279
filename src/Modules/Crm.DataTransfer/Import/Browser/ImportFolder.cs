using System.Text.Json;
using Crm.DataTransfer.Csv;
using Crm.DataTransfer.Spreadsheets;
using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Jobs;
using Crm.Platform.Security;

namespace Crm.DataTransfer.Import.Browser;

/// <summary>Uploaded files under the data directory, each in a folder of its own with what was said about it.</summary>
internal sealed class ImportFolder(CrmProcess process, JobLog jobs, ActorContext actor, TimeProvider clock)
{
    public const int MaxMegabytes = 20;

    /// <summary>Files that one person may have waiting; the oldest that nothing works on gives way.</summary>
    private const int MaxDrafts = 10;

    /// <summary>Different values of a column that are kept, to be told what they mean.</summary>
    public const int MaxValues = 300;

    private const int MaxShown = 120;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private string Root => Path.Combine(process.DataDirectory, "imports");

    /// <summary>Takes a file in; null when it is broken, which has then been reported.</summary>
    public async Task<ImportDraft?> AddAsync(ContentTypeDefinition type, string fileName, Stream upload, Action<RowProblem> report, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        Directory.CreateDirectory(FolderOf(id));
        var draft = (ImportDraft?)null;
        try
        {
            await using (var file = File.Create(FileOf(id)))
            {
                if (!Spreadsheet.IsWorkbook(upload))
                    await upload.CopyToAsync(file, cancellationToken);
                else if (Spreadsheet.ToCsv(upload, file) is { } problem)
                    report(new(null, problem));
            }
            draft = Look(id, type, fileName, report);
        }
        finally
        {
            if (draft is null)
                Directory.Delete(FolderOf(id), recursive: true);
        }
        if (draft is not null)
        {
            await SaveAsync(draft, cancellationToken);
            foreach (var old in (await ListAsync(null, cancellationToken)).Skip(MaxDrafts))
                if (!await IsWorkedOnAsync(old, cancellationToken))
                    Remove(old.Id);
        }
        return draft;
    }

    /// <summary>The actor's own; null for another's, which nobody needs to know of.</summary>
    public async Task<ImportDraft?> FindAsync(string type, Guid id, CancellationToken cancellationToken)
        => await ReadAsync(id, cancellationToken) is { } draft && draft.UserId == actor.Current.UserId && string.Equals(draft.Type, type, StringComparison.OrdinalIgnoreCase) ? draft : null;

    public async Task<ImportDraft?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!File.Exists(StateOf(id)))
            return null;
        await using var stream = File.OpenRead(StateOf(id));
        var draft = await JsonSerializer.DeserializeAsync<ImportDraft>(stream, Json, cancellationToken);
        return File.Exists(JobOf(id)) ? draft! with { JobId = Guid.Parse(await File.ReadAllTextAsync(JobOf(id), cancellationToken)) } : draft;
    }

    public Task SetJobAsync(Guid id, Guid job, CancellationToken cancellationToken) => File.WriteAllTextAsync(JobOf(id), job.ToString("D"), cancellationToken);

    public async Task<bool> IsWorkedOnAsync(ImportDraft draft, CancellationToken cancellationToken)
        => draft.JobId is { } job && (await jobs.FindAsync(job, cancellationToken))?.Status is JobStatus.Queued or JobStatus.Running;

    /// <summary>The actor's own, newest first.</summary>
    public async Task<IReadOnlyList<ImportDraft>> ListAsync(string? type, CancellationToken cancellationToken)
    {
        var drafts = new List<ImportDraft>();
        if (Directory.Exists(Root))
            foreach (var folder in Directory.EnumerateDirectories(Root).OrderDescending(StringComparer.Ordinal))
                if (Guid.TryParseExact(Path.GetFileName(folder), "N", out var id) && await ReadAsync(id, cancellationToken) is { } draft && draft.UserId == actor.Current.UserId && (type is null || draft.Type == type))
                    drafts.Add(draft);
        return drafts;
    }

    public async Task SaveAsync(ImportDraft draft, CancellationToken cancellationToken)
    {
        // Written beside and then moved: who reads meanwhile reads a whole one.
        var unfinished = $"{StateOf(draft.Id)}.{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(unfinished, JsonSerializer.Serialize(draft, Json), cancellationToken);
        File.Move(unfinished, StateOf(draft.Id), overwrite: true);
    }

    public Stream Open(Guid id) => File.OpenRead(FileOf(id));

    /// <summary>The rows that failed, as a file to mend and import again.</summary>
    public string FailedOf(Guid id) => Path.Combine(FolderOf(id), "failed.csv");

    public void Remove(Guid id) => Directory.Delete(FolderOf(id), recursive: true);

    /// <summary>Removes what nobody has touched for a while.</summary>
    public void Clean(TimeSpan age)
    {
        if (!Directory.Exists(Root))
            return;
        foreach (var folder in new DirectoryInfo(Root).EnumerateDirectories())
            if (folder.LastWriteTimeUtc < clock.GetUtcNow().UtcDateTime - age)
                folder.Delete(recursive: true);
    }

    private ImportDraft? Look(Guid id, ContentTypeDefinition type, string fileName, Action<RowProblem> report)
    {
        using var stream = Open(id);
        if (stream.Length == 0 || CsvFile.Open(stream, report) is not { } file)
            return null;
        var values = file.Headers.Select(_ => (Known: new HashSet<string>(StringComparer.Ordinal), InOrder: new List<string>())).ToArray();
        var rows = 0L;
        var isWhole = file.Check(report, row =>
        {
            rows++;
            for (var i = 0; i < values.Length; i++)
                if (values[i].Known.Count <= MaxValues && FormulaGuard.Remove(row.Cells[i]).Trim() is { Length: > 0 } text && Short(text) is var shown && values[i].Known.Add(shown))
                    values[i].InOrder.Add(shown);
        });
        return isWhole
            ? new ImportDraft(id, type.Name, actor.Current.UserId, Path.GetFileName(fileName), clock.GetUtcNow().UtcDateTime,
                [.. file.Headers.Select((h, i) => new DraftColumn(h, [.. values[i].InOrder.Take(3)], values[i].InOrder.Count <= MaxValues ? values[i].InOrder : []))], rows)
            : null;
    }

    private static string Short(string text) => text.Length <= MaxShown ? text : text[..MaxShown];

    private string FolderOf(Guid id) => Path.Combine(Root, id.ToString("N"));

    private string FileOf(Guid id) => Path.Combine(FolderOf(id), "file.csv");

    private string JobOf(Guid id) => Path.Combine(FolderOf(id), "job");

    private string StateOf(Guid id) => Path.Combine(FolderOf(id), "import.json");
}

/// <summary>Uploaded files do not stay: neither done nor touched for a week, they go.</summary>
internal sealed class CleanImports(ImportFolder folder) : IBackgroundTask
{
    public string Name => "clean-imports";

    public string Cron => "40 3 * * *";

    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        folder.Clean(TimeSpan.FromDays(7));
        return Task.CompletedTask;
    }
}
