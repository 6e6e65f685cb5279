using Crm.Platform.Content;
using Crm.Platform.Localization;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Portal;

/// <summary>What a visitor sends in: a ticket or feedback.</summary>
internal sealed record PortalInput
{
    public string? Name { get; init; }

    public string? Email { get; init; }

    public string? Subject { get; init; }

    /// <summary>Type of the ticket, kind of the feedback.</summary>
    public string? Kind { get; init; }

    public string? Text { get; init; }

    /// <summary>A trap: people do not see it, programs fill it in.</summary>
    public string? Website { get; init; }
}

/// <param name="Problem">What is wrong with all of it; null when only fields are.</param>
/// <param name="Errors">By the input's name, in the reader's language.</param>
internal sealed record PortalForm(PortalInput Input, IReadOnlyList<PickListOption> Kinds, string? Problem, IReadOnlyDictionary<string, string> Errors)
{
    public string? ErrorOf(string name) => Errors.GetValueOrDefault(name);
}

/// <summary>The form's inputs beside the fields that they fill, so that what the content manager refuses is said beside the input, in the form's words.</summary>
internal sealed class PortalWords(IStringLocalizer localizer)
{
    private static readonly (string Input, string Field, LocalizedText Label)[] Inputs =
    [
        (nameof(PortalInput.Name), TicketFields.RequesterName, "Your name"),
        (nameof(PortalInput.Email), TicketFields.RequesterEmail, "Your e-mail"),
        (nameof(PortalInput.Subject), TicketFields.Subject, "Subject"),
        (nameof(PortalInput.Kind), TicketFields.Type, "Type"),
        (nameof(PortalInput.Kind), FeedbackFields.Kind, "Kind"),
        (nameof(PortalInput.Text), TicketFields.Description, "Description"),
        (nameof(PortalInput.Text), ReplyFields.Text, "Your message"),
    ];

    /// <summary>What is not filled in although all of it must be.</summary>
    public Dictionary<string, string> Missing(PortalInput input)
        => new[] { (Inputs[0], input.Name), (Inputs[1], input.Email), (Inputs[2], input.Subject), (Inputs[5], input.Text) }
            .Where(i => string.IsNullOrWhiteSpace(i.Item2))
            .ToDictionary(i => i.Item1.Input, i => localizer["{0} is required", i.Item1.Label.For(localizer)].Value);

    public Dictionary<string, string> Of(ContentTypeDefinition type, IEnumerable<FieldError> errors)
    {
        var texts = new Dictionary<string, string>();
        foreach (var error in errors)
        {
            var (input, field, label) = Inputs.FirstOrDefault(i => i.Field == error.Field);
            var own = field is null ? null : type.Find(field)?.Label;
            var message = error.Message with { Arguments = [.. error.Message.Arguments.Select(a => own is not null && own.Equals(a) ? label : a)] };
            texts.TryAdd(input ?? "", message.For(localizer));
        }
        return texts;
    }
}
