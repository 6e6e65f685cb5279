using System.CommandLine;
using Crm.Platform.Commands;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.DataTransfer.Export;

/// <summary><c>export &lt;type&gt; &lt;file&gt; [--filter expr]</c></summary>
internal sealed class ExportCommand : SiteCommand
{
    private readonly Argument<string> _type = new("type") { Description = "Content type, such as customers" };
    private readonly Argument<FileInfo> _file = new("file") { Description = "CSV or Excel (.xlsx) file to write; an existing one is replaced" };
    private readonly Option<string?> _filter = new("--filter") { Description = "Condition, such as \"industry eq 'retail'\"" };

    public ExportCommand() => Definition = new Command("export", "Writes records to a CSV or Excel file") { _type, _file, _filter };

    public override Command Definition { get; }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var localizer = run.Services.GetRequiredService<IStringLocalizer>();
        var definitions = run.Services.GetRequiredService<ContentDefinitions>().Current;
        var type = definitions.Find(run.Arguments.GetValue(_type)!) ?? throw new QueryException("There is no content type {0}", run.Arguments.GetValue(_type)!);
        var filter = run.Arguments.GetValue(_filter) is { } text ? FilterParser.Parse(text, type, definitions) : null;
        // Written beside and then moved: a file that is there is whole.
        var path = run.Arguments.GetValue(_file)!.FullName;
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            long count;
            await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                var export = run.Services.GetRequiredService<RecordExport>();
                count = path.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase)
                    ? await export.RunAsWorkbookAsync(type.Name, filter, stream, cancellationToken)
                    : await export.RunAsync(type.Name, filter, stream, cancellationToken);
            }
            File.Move(unfinished, path, overwrite: true);
            await run.Output.WriteLineAsync(localizer["{0} exported", count]);
            return 0;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
