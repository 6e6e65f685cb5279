using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.Opportunities;

/// <summary>
/// Stages that rules know by name. The others belong to the administrator, who may add, relabel and weight them in the
/// field's options.
/// </summary>
public static class StageKeys
{
    public const string Prospecting = "prospecting";
    public const string Won = "won";
    public const string Lost = "lost";

    /// <summary>Opportunities that are neither won nor lost.</summary>
    public static Filter IsOpen { get; } = new NotFilter(Filter.In(OpportunityType.Stage, [Won, Lost]));

    public static bool IsClosed(string? stage) => stage is Won or Lost;

    /// <summary>The open stages in their order.</summary>
    public static IReadOnlyList<PickListOption> Open(ContentTypeDefinition type)
        => [.. type.Field(OpportunityType.Stage).Options.Where(o => !IsClosed(o.Key))];
}
