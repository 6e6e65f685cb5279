using System.Globalization;
using Crm.Platform.Content;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Mail;

/// <summary>Whoever gave feedback gets our answer when it is given. What is corrected in it later is not mailed again.</summary>
internal sealed class MailFeedbackAnswers(CustomerMail mail, IStringLocalizer localizer) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != FeedbackType.Name || !mail.IsNews)
            return;
        foreach (var save in saves.Where(s => s.After[FeedbackFields.Answer] is not null && s.Before?[FeedbackFields.Answer] is null))
        {
            var feedback = save.After;
            await mail.SendAsync(string.Create(CultureInfo.InvariantCulture, $"feedback-answer:{feedback.Id}:{feedback.Get<DateTime>(FeedbackFields.AnsweredAt).Ticks}"), feedback, () => (
                $"[{feedback.Get<string>(FeedbackFields.Number)}] {feedback.Get<string>(FeedbackFields.Subject)}",
                $"{localizer["Thank you for your feedback. Our answer:"]}\n\n{feedback.Get<string>(FeedbackFields.Answer)}"), cancellationToken);
        }
    }
}
