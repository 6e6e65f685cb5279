using Crm.Customers;
using Crm.Platform.Content;

namespace Crm.Tickets;

/// <summary>What customers think of us: a suggestion, a complaint or praise.</summary>
public sealed class FeedbackType : IContentTypeProvider
{
    public const string Name = "feedback";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Feedback",
            PluralLabel = "Feedback",
            Description = "Suggestions, complaints and praise, and what we answered",
            Icon = "message-heart",
            DisplayField = FeedbackFields.Subject,
            ListColumns = [FeedbackFields.Subject, FeedbackFields.Number, FeedbackFields.Kind, FeedbackFields.Status, FeedbackFields.Customer, SystemFields.Owner, SystemFields.CreatedAt],
            DefaultSort = [$"-{SystemFields.CreatedAt}"],
            QuickSearch = [FeedbackFields.Subject, FeedbackFields.Number, TicketFields.RequesterName, TicketFields.RequesterEmail],
            KeyFacts = [FeedbackFields.Number, FeedbackFields.Kind, FeedbackFields.Status, FeedbackFields.Customer, FeedbackFields.Contact],
            ShownByParts = [FeedbackFields.Description, FeedbackFields.Answer],
            QuickFilters =
            [
                new("Not answered", "status in ('new', 'inProgress')"),
                new("Complaints", "kind eq 'complaint'"),
                new("Praise", "kind eq 'praise'"),
            ],
            NeededFields = [FeedbackFields.Number, FeedbackFields.Kind, FeedbackFields.Status, FeedbackFields.Description, FeedbackFields.Customer, FeedbackFields.Contact, FeedbackFields.Answer, FeedbackFields.AnsweredAt, TicketFields.RequesterName, TicketFields.RequesterEmail, TicketFields.Language],
            Fields =
            [
                Field.Text(FeedbackFields.Subject, "Subject") with { Required = true, MaxLength = 200 },
                Field.AutoNumber(FeedbackFields.Number, "Feedback number", "F{000000}"),
                Field.PickList(FeedbackFields.Kind, "Kind", KindOptions) with { Required = true, Default = "suggestion" },
                Field.PickList(FeedbackFields.Status, "Status",
                    new("new", new("New", "新提交"), "purple"), new("inProgress", "In progress", "blue"),
                    new("answered", new("Answered", "已答复"), "green"), new("closed", new("Closed", "已关闭"), "secondary")) with { Required = true, Default = "new", Indexed = true },
                Field.LongText(FeedbackFields.Description, "Description"),

                Field.LookUp(FeedbackFields.Customer, "Customer", CustomerType.Name) with { RelatedLabel = "Feedback", Section = "Person" },
                Field.LookUp(FeedbackFields.Contact, "Contact", ContactType.Name) with { RelatedLabel = "Feedback", Section = "Person" },
                Field.LookUp(FeedbackFields.Ticket, "Ticket", TicketType.Name) with { RelatedLabel = "Feedback", Section = "Person" },
                Field.Text(TicketFields.RequesterName, "Person’s name") with { MaxLength = 100, Section = "Person" },
                Field.Email(TicketFields.RequesterEmail, "Person’s e-mail") with { Section = "Person", Help = "The answer is sent there" },
                Field.PickList(TicketFields.AddressCheck, "Address check", AddressChecks.Options) with { ReadOnly = true, Section = "Person", Help = "Whether what came through the portal came from that address; empty when staff have written it down" },
                Field.PickList(TicketFields.Language, "Language", new("en", new("English", "English")), new("zh-CN", new("简体中文", "简体中文"))) with { Section = "Person", Help = "Of the answer’s mail; empty: the site’s" },

                Field.LongText(FeedbackFields.Answer, "Answer") with { Section = "Answer", Help = "Mailed once, when it is first given; a correction is not" },
                Field.DateTime(FeedbackFields.AnsweredAt, "Answered") with { ReadOnly = true, Section = "Answer" },

                Field.User(SystemFields.Owner, "Assignee") with { IsSystem = true, Indexed = true, Order = 900 },
            ],
        },
    ];

    internal static PickListOption[] KindOptions { get; } =
    [
        new("suggestion", new("Suggestion", "建议"), "blue"), new("complaint", new("Complaint", "投诉"), "red"), new("praise", "Praise", "green"),
    ];
}

internal static class FeedbackFields
{
    public const string Subject = "subject";
    public const string Number = "number";
    public const string Kind = "kind";
    public const string Status = "status";
    public const string Description = "description";
    public const string Customer = "customer";
    public const string Contact = "contact";
    public const string Ticket = "ticket";
    public const string Answer = "answer";
    public const string AnsweredAt = "answeredAt";
}
