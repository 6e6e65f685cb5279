using System.Globalization;
using Crm.Platform.Queries;
using Crm.DataTransfer.Csv;
using Crm.DataTransfer.Spreadsheets;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.DataTransfer.Import;

/// <summary>
/// Brings the rows of a CSV or Excel file into a content type. A file that is damaged is refused as a whole; a row that is refused
/// is reported and left out, the others are written, 500 to a transaction. All changes share one batch of the change log.
/// </summary>
public sealed class RecordImport(ContentDefinitions definitions, ImportMapper mapper, IContentManager content, RecordFinder names, CellValues cells, ChangeLog log, ActorContext actor)
{
    private const int BatchSize = 500;

    /// <param name="report">Takes what is wrong, in the order of the file, as it is found.</param>
    public async Task<ImportResult> RunAsync(ImportRequest request, Action<RowProblem> report, CancellationToken cancellationToken)
    {
        var problems = 0;
        var type = definitions.Current.Find(request.Type);
        if (type is null)
            Report(new(null, new("There is no content type {0}", request.Type)));
        else if (!actor.Current.Can(type, ContentActions.Import))
            Report(new(null, new("You may not import {0}", type.PluralLabel)));
        if (request.AsExported && !actor.Current.IsSystem)
            Report(new(null, new("Only the command may bring records in as another site exported them")));
        await using var converted = problems == 0 && Spreadsheet.IsWorkbook(request.File) ? Convert(request.File, Report) : null;
        if (problems > 0 || CsvFile.Open(converted ?? request.File, Report) is not { } file
            || mapper.Map(type!, file.Headers, request, Report) is not { } mapping)
            return new(0, 0, 0, problems, []);
        var dryRun = request.DryRun ? new DryRunMemory(cells, names, type!, mapping) : null;
        var links = new SelfLinks(names, type!, mapping, dryRun);
        var signs = new NumberSigns(file, cells, mapping);
        if (!file.Check(Report, (links.IsNeeded ? links.Note : null) + (Action<CsvRow>?)(signs.IsNeeded ? signs.Note : null)))
            return new(0, 0, 0, problems, mapping.Ignored);
        cells.Culture = signs.Culture;

        var (user, batch) = (actor.Current, log.BatchId);
        try
        {
            actor.Current = user with { Source = "import" };
            // After a kill the rest of the same import is of the same batch, and is taken back with it.
            log.BatchId = request.Id ?? Guid.CreateVersion7();
            var result = await new Run(content, new ImportKeys(names, cells, log, type!, mapping, request.DryRun ? null : request.Id), type!, mapping, links, dryRun, request.AsExported, signs.Culture, report, request.OnRow).RunAsync(file, cancellationToken);
            return result with { HasDecimalComma = signs.HasDecimalComma };
        }
        finally
        {
            (actor.Current, log.BatchId) = (user, batch);
        }

        void Report(RowProblem problem)
        {
            problems++;
            report(problem);
        }
    }

    private static FileStream Convert(Stream workbook, Action<RowProblem> report)
    {
        var csv = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        if (Spreadsheet.ToCsv(workbook, csv) is { } problem)
            report(new(null, problem));
        return csv;
    }

    /// <summary>One file on its way, with its counts.</summary>
    private sealed class Run(IContentManager content, ImportKeys keys, ContentTypeDefinition type, ImportMapping mapping, SelfLinks links, DryRunMemory? dryRun, bool asExported, CultureInfo culture, Action<RowProblem> report, Action<RowOutcome>? onRow)
    {
        private readonly SaveOptions _options = new() { DryRun = dryRun is not null, PutsBack = asExported, Culture = culture };
        private readonly HashSet<long> _refused = [];
        private readonly List<(ImportRow Row, SaveStatus Status)> _waiting = [];
        private long _created;
        private long _updated;
        private long _unchanged;
        private long _failed;

        public async Task<ImportResult> RunAsync(CsvFile file, CancellationToken cancellationToken)
        {
            foreach (var batch in file.Rows().Chunk(BatchSize))
                await SaveAsync([.. batch.Select(r => new ImportRow(r, mapping))], cancellationToken);
            foreach (var batch in _waiting.Chunk(BatchSize))
                await LinkAsync(batch, cancellationToken);
            return new(_created, _updated, _unchanged, _failed, mapping.Ignored);
        }

        private async Task SaveAsync(List<ImportRow> rows, CancellationToken cancellationToken)
        {
            await keys.MatchAsync(rows, cancellationToken);
            if (dryRun is not null)
                rows.ForEach(dryRun.Check);
            await links.ResolveAsync(rows, cancellationToken);
            var saved = rows.Where(r => r is { IsRefused: false, Repeats: null, Done: null }).ToList();
            var results = await content.SaveManyAsync(type.Name, [.. saved.Select(r => r.ToChange(type.Name))], _options, cancellationToken);
            var byRow = saved.Zip(results).ToDictionary(p => p.First, p => p.Second);
            foreach (var row in rows)
            {
                if (row.IsRefused)
                    Fail(row.Number, row.Problems);
                else if (row.Repeats is { } first && _refused.Contains(first))
                    Fail(row.Number, [new(row.Number, new("It says the same as row {0}, which failed", first))]);
                else if (row.Repeats is not null)
                    Count(row.Number, row.Id, SaveStatus.Unchanged);
                else if (row.Done is { } done)
                    Take(row, done);
                else if (!byRow[row].Succeeded)
                    Fail(row.Number, byRow[row]);
                else
                    Take(row, byRow[row].Status);
            }
        }

        private void Take(ImportRow row, SaveStatus status)
        {
            if (status == SaveStatus.Unchanged && row.Planned.Count > 0)
                status = SaveStatus.Updated;
            if (status != SaveStatus.Unchanged)
                dryRun?.Remember(row);
            if (row.Waiting.Count > 0)
                _waiting.Add((row, status));
            else
                Count(row.Number, row.Id, status);
        }

        private async Task LinkAsync((ImportRow Row, SaveStatus Status)[] rows, CancellationToken cancellationToken)
        {
            var found = await links.FinishAsync([.. rows.Select(r => r.Row)], cancellationToken);
            var changes = new List<ContentChange>();
            for (var i = 0; i < rows.Length; i++)
                if (found[i].Refused is null && dryRun is null)
                    changes.Add(rows[i].Row.ToLinks(type.Name, found[i].Links));
            var results = (await content.SaveManyAsync(type.Name, changes, _options, cancellationToken)).ToDictionary(r => r.Id);
            for (var i = 0; i < rows.Length; i++)
            {
                var (row, status) = rows[i];
                if (found[i].Refused is { } refused)
                    Fail(row.Number, [refused]);
                else if (results.TryGetValue(row.Id, out var result) && !result.Succeeded)
                    Fail(row.Number, result);
                else
                    Count(row.Number, row.Id, status == SaveStatus.Created ? SaveStatus.Created : SaveStatus.Updated);
            }
        }

        private void Count(long row, Guid id, SaveStatus status)
        {
            _ = status switch
            {
                SaveStatus.Created => _created++,
                SaveStatus.Updated => _updated++,
                _ => _unchanged++,
            };
            onRow?.Invoke(new(row, status, id));
        }

        private void Fail(long row, SaveResult result)
            => Fail(row, result.Errors.Count > 0
                ? [.. result.Errors.Select(e => new RowProblem(row, e.Message, e.Field))]
                : [new(row, result.Status == SaveStatus.NotFound ? new("The record is gone") : new("You may not write this record"))]);

        private void Fail(long row, IReadOnlyList<RowProblem> problems)
        {
            _failed++;
            _refused.Add(row);
            foreach (var problem in problems)
                report(problem);
        }
    }
}
