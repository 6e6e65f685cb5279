using Crm.Platform.Content;
using Crm.Platform.Display;
using Microsoft.AspNetCore.Http;

namespace Crm.Help;

/// <summary>The question mark on top of every page: it opens the chapter about that page.</summary>
internal sealed class HelpLink(HelpLibrary library, ContentDefinitions definitions, IHttpContextAccessor http) : ISlotPart
{
    public string Slot => SlotNames.TopBar;

    public int Order => 200;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult<SlotView?>(new SlotView("_HelpLink", library.About(http.HttpContext!.Request.Path, definitions.Current)?.Address ?? "/help"));
}
