using Crm.Platform.Display;

namespace Crm.Email.Templates;

/// <summary>What a template looks like, on its page.</summary>
internal sealed class TemplatePreviewPart : ISlotPart
{
    public string Slot => SlotNames.RecordMain;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context.Type?.Name == EmailTemplateType.Name ? new SlotView("_TemplatePreview", context.Item!.Id) : null);
}
