using Crm.Platform.Content;

namespace Crm.Reports.Saved;

/// <summary>A report with its parameters under a name. Its owner sees it; when it is shared, so does everybody who sees reports.</summary>
public sealed class SavedReportType(IEnumerable<Engine.IReportType> reports) : IContentTypeProvider
{
    public const string Name = "savedReports";

    public const string Private = "private";

    public const string Shared = "shared";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Saved report",
            PluralLabel = "Saved reports",
            Description = "Reports with the range, grouping and filter that you chose",
            Icon = "chart-bar",
            DisplayField = "name",
            ListColumns = ["name", "report", "visibility", SystemFields.Owner, SystemFields.ModifiedAt],
            DefaultSort = ["name"],
            QuickSearch = ["name"],
            KeyFacts = ["visibility", SystemFields.Owner],
            ShownByParts = ["report", "parameters"],
            NeededFields = ["visibility", "report", "parameters"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200 },
                Field.PickList("visibility", "Who sees it", new(Private, "Only me"), new(Shared, "Everybody", "green")) with { Required = true, Default = Private },
                Field.PickList("report", "Report", [.. reports.Select(r => new PickListOption(r.Name, r.Label))]) with { Required = true },
                Field.LongText("parameters", "Parameters") with { Help = "What follows the question mark in the report's address" },
            ],
        },
    ];
}
