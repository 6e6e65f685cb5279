using System.Globalization;
using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Email.Suppressions;
using Crm.Email.Templates;
using Crm.Email.Tracking;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Email.Sending;

/// <summary>Makes the messages of claimed rows, or says why a row has none.</summary>
internal sealed class MailComposer(DbSession session, SuppressionList suppressions, MergeFields fields, QueryEngine queries, ActorContext actor, Actors actors, SettingsStore settings, IStringLocalizer localizer, TimeProvider clock)
{
    public async Task<IReadOnlyList<Letter>> ComposeAsync(IReadOnlyList<MailRow> rows, EmailSettings account, CancellationToken cancellationToken)
    {
        // Recipients read the site's language.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = settings.Site.CultureInfo;
        // Looked at when it was asked for, and again now: somebody may have unsubscribed since.
        var suppressed = await suppressions.ReasonsAsync(rows.Select(r => r.Address), cancellationToken);
        var letters = new List<Letter>(rows.Count);
        foreach (var mailing in rows.Where(r => !suppressed.ContainsKey(MailAddresses.Fold(r.Address))).GroupBy(r => r.MailingId))
        {
            if (mailing.Key is { } id)
                letters.AddRange(await ComposeAsync(id, [.. mailing], account, cancellationToken));
            else
                letters.AddRange(mailing.Select(row => Single(row, account)));
        }
        letters.AddRange(rows.Where(r => suppressed.ContainsKey(MailAddresses.Fold(r.Address))).Select(r => new Letter(r, null, new(MailStates.Suppressed, suppressed[MailAddresses.Fold(r.Address)]))));
        return letters;
    }

    private Letter Single(MailRow row, EmailSettings account)
    {
        var unsubscribe = row is { SiteUrl: { } url, Secret: { } secret } ? new TrackingLinks(url, secret).Unsubscribe(row.Id) : null;
        var usual = MessageBuilder.From(account, settings.Site.Name);
        return new(row, MessageBuilder.Build(row.Id, usual with
        {
            FromName = row.FromName ?? usual.FromName,
            FromAddress = row.FromAddress ?? usual.FromAddress,
            To = row.Address,
            ToName = row.Name,
            ReplyTo = row.ReplyTo is { } reply && MailAddresses.AreSendable(reply) ? reply : null,
            Subject = row.Subject ?? "",
            Text = UnsubscribeLink.PutInto(row.Text, unsubscribe) ?? "",
            Html = UnsubscribeLink.PutInto(row.Html, unsubscribe),
            UnsubscribeUrl = unsubscribe,
        }, clock.GetUtcNow()), null);
    }

    private async Task<IEnumerable<Letter>> ComposeAsync(Guid mailing, IReadOnlyList<MailRow> rows, EmailSettings account, CancellationToken cancellationToken)
    {
        var common = await ReadAsync(mailing, cancellationToken);
        if ((common.RightsOf is { } asked ? await actors.OfUserAsync(asked, cancellationToken) : actor.Current) is not { } rights)
        {
            var gone = new Delivery(MailStates.Queued, StoredMessage.Write(new("Whoever sends this can no longer sign in"))) { Reach = RefusalReach.Sender };
            return rows.Select(row => new Letter(row, null, gone));
        }
        // What the sender may not see is not written to anybody.
        var records = await actor.AsAsync(rights, () => fields.LoadAsync(common.RecordType, rows.Select(r => r.RecordId).OfType<Guid>(), cancellationToken));
        var sender = common.SenderId is { } user ? await queries.GetAsync(SystemTypes.Users, user, cancellationToken) : null;
        var links = new TrackingLinks(common.SiteUrl, common.Secret);
        var letters = new List<Letter>(rows.Count);
        foreach (var row in rows)
        {
            if (row.RecordId is not { } id || !records.TryGetValue(id, out var record))
            {
                letters.Add(new(row, null, new(MailStates.Canceled, StoredMessage.Write(new("The record of the recipient is gone, or the sender may no longer see it")))));
                continue;
            }
            if (sender is not null)
                record.Values["user"] = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["name"] = sender.DisplayText, ["email"] = sender.Get<string>("email") };
            try
            {
                letters.Add(await ComposeAsync(row, record, common, links, account));
            }
            catch (TemplateException e)
            {
                letters.Add(new(row, null, new(MailStates.Failed, StoredMessage.Write(e.Reason))));
            }
        }
        return letters;
    }

    private async Task<Letter> ComposeAsync(MailRow row, MergeRecord record, Common common, TrackingLinks links, EmailSettings account)
    {
        var unsubscribe = links.Unsubscribe(row.Id);
        record.Values["unsubscribe"] = new Dictionary<string, object?> { ["url"] = unsubscribe };
        record.Values["site"] = new Dictionary<string, object?> { ["name"] = settings.Site.Name, ["url"] = common.SiteUrl };
        var mail = await common.Template.RenderAsync(record, settings.Site.CultureInfo);
        var html = mail.Html;
        if (html is not null && !html.Contains(unsubscribe, StringComparison.Ordinal))
            html = UnsubscribeFooter.AddTo(html, unsubscribe, localizer["Unsubscribe"]);
        return new(row, MessageBuilder.Build(row.Id, MessageBuilder.From(account, settings.Site.Name) with
        {
            FromName = common.FromName ?? account.FromName ?? settings.Site.Name,
            FromAddress = common.FromAddress ?? account.FromAddress ?? MessageBuilder.NoAddress,
            To = row.Address,
            ToName = row.Name,
            Subject = mail.Subject,
            Text = mail.Text.Contains(unsubscribe, StringComparison.Ordinal) ? mail.Text : $"{mail.Text}\n\n{localizer["Unsubscribe"]}: {unsubscribe}",
            Html = html is null ? null : links.Track(html, row.Id),
            UnsubscribeUrl = unsubscribe,
        }, clock.GetUtcNow()), null);
    }

    private async Task<Common> ReadAsync(Guid mailing, CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText("SELECT record_type, subject, html, text, from_name, from_address, site_url, secret, sender_id, rights_of FROM crm_mailings WHERE id = ").Append(ColumnType.Uuid, mailing),
            r => new Common(r.GetString(0), new TemplateParts(r.GetString(1), r.GetString(2), r.GetString(3)).Compile(), r.IsDBNull(4) ? null : r.GetString(4), r.IsDBNull(5) ? null : r.GetString(5),
                r.GetString(6), r.GetString(7), (Guid?)session.Dialect.Read(r, 8, ColumnType.Uuid), (Guid?)session.Dialect.Read(r, 9, ColumnType.Uuid)), cancellationToken)).Single();

    /// <summary>What the messages of one mailing have in common.</summary>
    private sealed record Common(string RecordType, CompiledTemplate Template, string? FromName, string? FromAddress, string SiteUrl, string Secret, Guid? SenderId, Guid? RightsOf);
}

/// <summary>A way out at the foot of every message of a mailing that has none of its own.</summary>
internal static class UnsubscribeFooter
{
    public static string AddTo(string html, string url, string word)
    {
        var footer = $"<p style=\"margin-top:32px;font-size:12px;color:#6c6e77\"><a href=\"{url}\" style=\"color:#6c6e77\">{System.Net.WebUtility.HtmlEncode(word)}</a></p>";
        return html.LastIndexOf("</body", StringComparison.OrdinalIgnoreCase) is >= 0 and var end ? html.Insert(end, footer) : html + footer;
    }
}
