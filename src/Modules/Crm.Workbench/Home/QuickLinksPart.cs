using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Workbench.Home;

internal sealed record QuickLink(string Icon, string Text, string Url);

/// <summary>What I create and open most: the types that I may add to, in the side bar's order.</summary>
internal sealed class QuickLinksPart(ContentDefinitions definitions, Menu menu, ActorContext actor, IStringLocalizer localizer) : ISlotPart
{
    private const int Shown = 6;

    public string Slot => SlotNames.HomeSide;

    public int Order => 90;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var places = menu.Entries(admin: false).Select(e => e.Url).ToList();
        var links = definitions.Current.Types
            .Where(t => !t.IsAdmin && places.Contains(t.Path) && actor.Current.Can(t, ContentActions.Create)).OrderBy(t => places.IndexOf(t.Path)).Take(Shown)
            .Select(t => new QuickLink(t.Icon, localizer["New {0}", t.Label.Inside(localizer)], $"{t.Path}/new")).ToList();
        return Task.FromResult(links.Count > 0 ? new SlotView("_QuickLinks", links) : null);
    }
}
