using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>A workflow in the list.</summary>
internal sealed record WorkflowRow(Guid Id, string Name, Message? Trigger, bool IsActive, long UnderWay, long Done, long Failed);

internal sealed record WorkflowListPage(IReadOnlyList<WorkflowRow> Rows, IReadOnlyList<WorkflowTemplate> Templates);

/// <summary>A step in words, indented below the conditions that it depends on.</summary>
/// <param name="Branch">Begins a branch: "If so" or "Otherwise"; null for a step.</param>
internal sealed record StepLine(int Depth, string Icon, LocalizedText? Branch, LocalizedText? Kind, string? Summary);

/// <param name="Record">The record it is about, as far as it is still there.</param>
internal sealed record InstanceRow(Instance Instance, string? Workflow, string? RecordName, string? RecordUrl);

internal sealed record WorkflowPage(ContentItem Item, string Name, WorkflowDefinition? Definition)
{
    public Message? Trigger { get; init; }

    public ContentTypeDefinition? Type { get; init; }

    public IReadOnlyList<StepLine> Steps { get; init; } = [];

    public IReadOnlyList<InstanceRow> Instances { get; init; } = [];

    public InstanceState? State { get; init; }

    public IReadOnlyList<(InstanceState State, long Count)> Counts { get; init; } = [];

    public IReadOnlyList<string> Problems { get; init; } = [];

    public string? SavedBy { get; init; }

    public bool IsActive => Item.Get<bool?>(WorkflowType.IsActive) == true;

    public int VersionNumber => (int)Item.Get<decimal>(WorkflowType.VersionNumber);
}

/// <param name="Kind">What the activity is called; null for what happened to the instance as a whole.</param>
internal sealed record TraceLine(TraceEntry Entry, string Icon, LocalizedText? Kind);

internal sealed record InstancePage(InstanceRow Row, IReadOnlyList<TraceLine> Trace);

internal sealed record TestPage(ContentItem Workflow, string Name, ContentTypeDefinition? Type, Guid? Record, string? RecordName, IReadOnlyList<TraceLine>? Trace);

internal sealed record WebhooksPage(WebhookOptions Options, string AllowedHosts, string? Error = null);
