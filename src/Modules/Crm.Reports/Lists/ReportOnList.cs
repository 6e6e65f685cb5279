using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Crm.Reports.Saved;

namespace Crm.Reports.Lists;

/// <summary>On every list: a report of the records that it shows.</summary>
internal sealed class ReportOnList(ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.ListActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context.Type is { IsAdmin: false } type && type.Name != SavedReportType.Name && actor.Current.Can(ReportPermissions.View) ? new SlotView("_ReportOnList", type) : null);
}
