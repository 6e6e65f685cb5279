using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>
/// A workflow as a record: with history, recycle bin, export and recipes like any other. Its definition is a text that
/// <see cref="WorkflowRules"/> checks at every door.
/// </summary>
public sealed class WorkflowType : IContentTypeProvider
{
    public const string TypeName = "workflows";

    internal const string Name = "name";
    internal const string ChineseName = "nameZh";
    internal const string Description = "description";
    internal const string IsActive = "isActive";
    internal const string Definition = "definition";
    internal const string VersionNumber = "versionNumber";
    internal const string ActiveSince = "activeSince";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = TypeName,
            Label = "Workflow",
            PluralLabel = "Workflows",
            Description = "What happens by itself when records are created or change, or when time has come",
            Icon = "route",
            IsAdmin = true,
            DisplayField = Name,
            ListColumns = [Name, IsActive, VersionNumber, SystemFields.ModifiedAt],
            DefaultSort = [Name],
            QuickSearch = [Name, ChineseName],
            NeededFields = [Name, ChineseName, Description, IsActive, Definition, VersionNumber, ActiveSince],
            Fields =
            [
                Field.Text(Name, "Name") with { Required = true, Unique = true, MaxLength = 100 },
                Field.Text(ChineseName, "Chinese name") with { MaxLength = 100, Help = "For those who read Chinese; empty: the name" },
                Field.Text(Description, "Description") with { MaxLength = 255 },
                Field.YesNo(IsActive, "Active") with { Default = "false" },
                Field.LongText(Definition, "Definition") with { Required = true, MaxLength = 50_000 },
                Field.Number(VersionNumber, "Version") with { ReadOnly = true },
                Field.DateTime(ActiveSince, "Active since") with { ReadOnly = true },
            ],
        },
    ];

    /// <summary>Its name in both languages.</summary>
    internal static LocalizedText NameOf(ContentItem workflow)
        => new(workflow.DisplayText, workflow.Get<string>(ChineseName) ?? workflow.DisplayText);
}
