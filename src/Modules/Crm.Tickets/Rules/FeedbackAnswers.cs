using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.Tickets.Rules;

/// <summary>An answer makes feedback answered, and nothing else does.</summary>
internal sealed class FeedbackAnswers(TimeProvider clock) : IContentHandler
{
    public ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != FeedbackType.Name)
            return ValueTask.CompletedTask;
        var now = clock.Now();
        foreach (var save in saves)
        {
            var answer = save.After.Get<string>(FeedbackFields.Answer);
            if (answer is null && save.After.Get<string>(FeedbackFields.Status) == "answered")
                save.Error(FeedbackFields.Answer, new("Write the answer first"));
            if (!save.Changed.Contains(FeedbackFields.Answer))
                continue;
            // A recipe or an import tells when it was; a correction leaves it as it is.
            if (answer is null || save.After[FeedbackFields.AnsweredAt] is null)
                save.Set(FeedbackFields.AnsweredAt, answer is null ? null : now);
            if (answer is not null && save.After.Get<string>(FeedbackFields.Status) is "new" or "inProgress")
                save.Set(FeedbackFields.Status, "answered");
        }
        return ValueTask.CompletedTask;
    }
}
