using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Workflows;

/// <summary>On a record's page, for those who manage workflows: the latest instances about it.</summary>
internal sealed class RecordWorkflows(InstanceStore instances, WorkflowReader reader, ActorContext actor) : ISlotPart
{
    private const int Shown = 5;

    public string Slot => SlotNames.RecordRelated;

    public int Order => 900;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context is not { Type.IsAdmin: false, Item: { } item } || !actor.Current.Can(WorkflowsPermissions.Manage))
            return null;
        var about = await instances.ListAsync(null, item.Id, null, Shown, cancellationToken);
        return about.Count == 0 ? null : new("_RecordWorkflows", await actor.AsSystemAsync(() => reader.RowsAsync(about, cancellationToken)));
    }
}
