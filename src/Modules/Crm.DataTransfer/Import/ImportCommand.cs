using System.CommandLine;
using Crm.DataTransfer.Csv;
using Crm.Platform.Commands;
using Crm.Platform.Localization;
using Microsoft.Extensions.Localization;

namespace Crm.DataTransfer.Import;

/// <summary><c>import &lt;type&gt; &lt;file&gt; [--map field=column ...] [--value field:from=to ...] [--key field] [--empty keep|clear] [--as-exported] [--dry-run]</c></summary>
internal sealed class ImportCommand : SiteCommand
{
    private readonly Argument<string> _type = new("type") { Description = "Content type, such as customers" };
    private readonly Argument<FileInfo> _file = new("file") { Description = "CSV or Excel (.xlsx) file with a header" };
    private readonly Option<string[]> _map = new("--map") { Description = "field=column; columns named like a field need none" };
    private readonly Option<string[]> _value = new("--value") { Description = "field:from=to; what a cell says and what it means" };
    private readonly Option<string?> _key = new("--key") { Description = "Field that tells which record a row is" };
    private readonly Option<EmptyCell> _empty = new("--empty") { HelpName = "keep|clear", Description = "What an empty cell does to a record that is there: keep what the field holds (as without this option), or clear it" };
    private readonly Option<bool> _asExported = new("--as-exported") { Description = "The file is another site's export: keep ids, times and what the system sets" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Count, but write nothing" };

    public ImportCommand()
    {
        // An enumeration would take numbers, too.
        _empty.AcceptOnlyFromAmong("keep", "clear");
        Definition = new Command("import", "Creates and updates records from a CSV or Excel file") { _type, _file, _map, _value, _key, _empty, _asExported, _dryRun };
    }

    public override Command Definition { get; }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var localizer = run.Services.GetRequiredService<IStringLocalizer>();
        var maps = new List<ColumnMap>();
        foreach (var map in run.Arguments.GetValue(_map) ?? [])
        {
            if (map.Split('=', 2) is not [{ Length: > 0 } field, { Length: > 0 } column])
            {
                await run.Error.WriteLineAsync(localizer["--map {0}: write field=column", map]);
                return 1;
            }
            maps.Add(new(field, column));
        }
        var values = new List<ValueMap>();
        foreach (var value in run.Arguments.GetValue(_value) ?? [])
        {
            if (ValueMap.Parse(value) is not { } map)
            {
                await run.Error.WriteLineAsync(localizer["--value {0}: write field:from=to", value]);
                return 1;
            }
            values.Add(map);
        }
        await using var file = run.Arguments.GetValue(_file)!.OpenRead();
        var request = new ImportRequest(run.Arguments.GetValue(_type)!, file)
        {
            Map = maps,
            Values = values,
            Key = run.Arguments.GetValue(_key),
            EmptyCell = run.Arguments.GetValue(_empty),
            AsExported = run.Arguments.GetValue(_asExported),
            DryRun = run.Arguments.GetValue(_dryRun),
        };
        var result = await run.Services.GetRequiredService<RecordImport>().RunAsync(request, problem => run.Error.WriteLine(Line(problem, localizer)), cancellationToken);
        if (result.IgnoredColumns.Count > 0)
            await run.Output.WriteLineAsync(localizer["Ignored columns: {0}", string.Join(", ", result.IgnoredColumns)]);
        await run.Output.WriteLineAsync(localizer["{0} created, {1} updated, {2} unchanged, {3} failed", result.Created, result.Updated, result.Unchanged, result.Failed]);
        if (request.DryRun)
            await run.Output.WriteLineAsync(localizer["Dry run: nothing was written"]);
        return result.Succeeded ? 0 : 1;
    }

    private static string Line(RowProblem problem, IStringLocalizer localizer)
        => problem.Row is { } row ? localizer["row {0}: {1}", row, problem.Message.For(localizer)] : problem.Message.For(localizer);
}
