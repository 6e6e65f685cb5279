using System.Globalization;
using System.Text;
using Crm.DataTransfer.Csv;
using Crm.Platform.Content;
using Crm.Platform.Jobs;
using Microsoft.Extensions.Localization;

namespace Crm.DataTransfer.Import.Browser;

/// <summary>Tries or imports an uploaded file, and keeps what became of its rows.</summary>
internal sealed class ImportRunner(ImportFolder folder, RecordImport import, ContentDefinitions definitions, JobProgress progress, IStringLocalizer localizer)
{
    private const int ShownRows = 100;
    private const int ShownFailures = 200;

    public async Task<ImportDraft> RunAsync(ImportDraft draft, bool isTrial, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(draft.Type);
        var rows = new List<ReportedRow>();
        var failures = new List<ReportedFailure>();
        var failed = new SortedDictionary<long, List<string>>();
        var (done, problems) = (0L, 0L);
        ImportResult result;
        await using (var file = folder.Open(draft.Id))
            result = await import.RunAsync(new ImportRequest(draft.Type, file)
            {
                Map = draft.Map,
                Values = draft.Values,
                OnlyMapped = true,
                Key = draft.Key,
                EmptyCell = draft.EmptyCell,
                DryRun = isTrial,
                Id = draft.Id,
                OnRow = row =>
                {
                    progress.Report(++done, draft.Rows);
                    if (rows.Count < ShownRows)
                        rows.Add(new(row.Row, "", row.Status switch { SaveStatus.Created => SaveOutcome.Created, SaveStatus.Updated => SaveOutcome.Updated, _ => SaveOutcome.Unchanged }, row.Id));
                },
            }, Report, cancellationToken);
        await using (var file = folder.Open(draft.Id))
            WriteFailed(draft, failed, Names(draft, type, rows, file), result.HasDecimalComma ? ';' : ',');
        var report = new ImportReport(result.Created, result.Updated, result.Unchanged, result.Failed, rows, failures) { HasDecimalComma = result.HasDecimalComma, Problems = problems };
        draft = isTrial ? draft with { Trial = report } : draft with { Result = report };
        await folder.SaveAsync(draft, cancellationToken);
        return draft;

        void Report(RowProblem problem)
        {
            problems++;
            var field = problem.Field is { } name ? type.Find(name)?.Label.For(localizer) : null;
            var reason = problem.Message.For(localizer);
            if (failures.Count < ShownFailures)
                failures.Add(new(problem.Row, field, reason));
            if (problem.Row is not { } row)
                return;
            if (!failed.TryGetValue(row, out var reasons))
            {
                failed[row] = reasons = [];
                progress.Report(++done, draft.Rows);
            }
            reasons.Add(reason);
        }
    }

    /// <summary>Puts the rows' names beside their numbers, and hands the file's rows on.</summary>
    private static IEnumerable<CsvRow> Names(ImportDraft draft, ContentTypeDefinition type, List<ReportedRow> rows, Stream file)
    {
        var column = draft.Fields.ToList().FindIndex(f => string.Equals(f, type.DisplayField, StringComparison.OrdinalIgnoreCase));
        var byNumber = rows.Select((r, i) => (r.Row, i)).ToDictionary(r => r.Row, r => r.i);
        foreach (var row in CsvFile.Open(file, _ => { })?.Rows() ?? [])
        {
            if (column >= 0 && byNumber.TryGetValue(row.Number, out var at))
                rows[at] = rows[at] with { Name = FormulaGuard.Remove(row.Cells[column]) };
            yield return row;
        }
    }

    /// <summary>The failed rows as they were, with the reason in a column more.</summary>
    /// <param name="delimiter">What lets numbers be read as before.</param>
    private void WriteFailed(ImportDraft draft, SortedDictionary<long, List<string>> failed, IEnumerable<CsvRow> rows, char delimiter)
    {
        using var writer = new StreamWriter(folder.FailedOf(draft.Id), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)) { NewLine = "\r\n" };
        writer.WriteLine(string.Join(delimiter, draft.Columns.Select(c => c.Name).Append(localizer["Error"].Value).Select(CsvCell.Quote)));
        foreach (var row in rows)
            if (failed.TryGetValue(row.Number, out var reasons))
                writer.WriteLine(string.Join(delimiter, row.Cells.Append(FormulaGuard.Add(string.Join(" ", reasons))).Select(CsvCell.Quote)));
    }
}

/// <summary>A file with many rows, in the background, in the language of whoever asked.</summary>
internal sealed class ImportTask(ImportFolder folder, ImportRunner runner) : IBackgroundTask
{
    public const string TaskName = "import-file";

    public string Name => TaskName;

    public static Dictionary<string, string> Data(ImportDraft draft, bool isTrial) => new()
    {
        ["import"] = draft.Id.ToString("N"),
        ["trial"] = isTrial ? "true" : "false",
        ["culture"] = CultureInfo.CurrentUICulture.Name,
    };

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        if (await folder.ReadAsync(Guid.ParseExact(data["import"], "N"), cancellationToken) is not { } draft)
            throw new InvalidOperationException("The uploaded file is gone");
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(data["culture"]);
        await runner.RunAsync(draft, data["trial"] == "true", cancellationToken);
    }
}
