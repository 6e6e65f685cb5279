using System.Globalization;
using Crm.Email;
using Crm.Email.Account;
using Crm.Platform.Content;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Crm.Tickets.Portal;

namespace Crm.Tickets.Mail;

/// <summary>Mail to whoever asked, in their language. It is plain text: what people wrote cannot become anything else there.</summary>
internal sealed class CustomerMail(MailQueue queue, SiteAddress site, FollowLinks links, SettingsStore settings, ActorContext actor)
{
    /// <summary>What a recipe or an import tells was long ago: nobody is written to about it.</summary>
    public bool IsNews => actor.Current.Source is not ("recipe" or "import");

    /// <summary>Whether mail leaves this site at all: one that is only tried out has no server for it.</summary>
    public Task<bool> LeavesAsync(CancellationToken cancellationToken) => site.SendsMailAsync(cancellationToken);

    /// <param name="item">A ticket or feedback, with the requester's name, address and language.</param>
    /// <param name="write">Subject and text; called in the requester's culture.</param>
    public async Task<bool> SendAsync(string key, ContentItem item, Func<(string Subject, string Text)> write, CancellationToken cancellationToken)
    {
        if (item.Get<string>(TicketFields.RequesterEmail) is not { } address)
            return false;
        var (subject, text) = InCulture(item.Get<string>(TicketFields.Language) ?? settings.Site.Culture, write);
        return await queue.EnqueueAsync(key, new OutgoingMail(address, subject, $"{text}\n\n-- \n{settings.Site.Name}\n")
        {
            ToName = item.Get<string>(TicketFields.RequesterName),
            About = $"/{item.ContentType}/{item.Id}",
        }, cancellationToken);
    }

    /// <summary>A link of this mail's own: those given before are known by their hashes alone.</summary>
    public async Task<string> FollowUrlAsync(Guid ticket, CancellationToken cancellationToken)
        => await site.GetAsync(cancellationToken) + FollowLinks.PathOf(await links.IssueAsync(ticket, mailed: true, cancellationToken));

    private static (string, string) InCulture(string name, Func<(string, string)> write)
    {
        var (culture, ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(name);
            return write();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, ui);
        }
    }
}
