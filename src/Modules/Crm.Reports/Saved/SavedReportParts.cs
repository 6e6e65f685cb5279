using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Crm.Reports.Engine;

namespace Crm.Reports.Saved;

/// <summary>What a saved report is made of, in words.</summary>
internal sealed class SavedReportFigure(IEnumerable<IReportType> reports) : ISlotPart
{
    public string Slot => SlotNames.RecordFigures;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context is { Type.Name: SavedReportType.Name, Item: { } item } && reports.FirstOrDefault(r => r.Name == item.Get<string>("report")) is { } report
            ? new SlotView("_SavedReportFigure", report.Label) : null);
}

internal sealed class SavedReportActions(IEnumerable<IReportType> reports, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context is { Type.Name: SavedReportType.Name, Item: { } item } && actor.Current.Can(ReportPermissions.View) && reports.Any(r => r.Name == item.Get<string>("report")) ? new SlotView("_SavedReportActions", item.Id) : null);
}
