using Crm.Platform.Display;

namespace Crm.Campaigns;

internal sealed class CampaignsMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries =>
    [
        new("Campaigns", "/campaigns", "speakerphone", "campaigns.view", 60, "Marketing"),
        new("Segments", "/segments", "filter-search", "segments.view", 62, "Marketing"),
        new("E-mail blasts", "/emailBlasts", "mail-fast", "emailBlasts.view", 66, "Marketing"),
    ];
}
