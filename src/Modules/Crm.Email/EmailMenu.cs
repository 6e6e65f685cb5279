using Crm.Platform.Display;

namespace Crm.Email;

internal sealed class EmailMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries =>
    [
        new("E-mail templates", "/emailTemplates", "template", "emailTemplates.edit", 64, "Marketing"),
        new("Suppressed addresses", "/suppressions", "mail-off", "suppressions.edit", 68, "Marketing"),
        new("E-mail account", "/admin/email", "mail-cog", EmailPermissions.Settings, 60, "Mail", IsAdmin: true),
        new("Outbox", "/admin/email/outbox", "mailbox", EmailPermissions.Outbox, 61, "Mail", IsAdmin: true),
    ];
}
