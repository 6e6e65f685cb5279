using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Tickets;

/// <summary>What a customer wants from us, from the first question to the solution.</summary>
public sealed class TicketType : IContentTypeProvider
{
    public const string Name = "tickets";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Ticket",
            PluralLabel = "Tickets",
            Description = "What customers ask, report and request, until it is solved",
            Icon = "lifebuoy",
            DisplayField = TicketFields.Subject,
            ListColumns = [TicketFields.Subject, TicketFields.Urgency, TicketFields.Status, TicketFields.Customer, SystemFields.Owner, TicketFields.OpenedAt, TicketFields.Number],
            DefaultSort = [$"-{TicketFields.OpenedAt}"],
            QuickSearch = [TicketFields.Subject, TicketFields.Number, TicketFields.RequesterName, TicketFields.RequesterEmail],
            KeyFacts = [TicketFields.Number, TicketFields.Status, TicketFields.Urgency, TicketFields.Customer, TicketFields.Contact, SystemFields.Owner],
            ShownByParts = [TicketFields.Description, TicketFields.FirstReplyMinutes, TicketFields.ResolutionMinutes],
            Board = new(TicketFields.Status)
            {
                About = TicketFields.Customer,
                Tag = TicketFields.Urgency,
                IdleDays = 3,
                Doors = [new(TicketStatus.Solved, "solve"), new(TicketStatus.Closed, "close")],
            },
            QuickFilters =
            [
                new("My open tickets", $"owner eq @me and {Undone}"),
                new("Unassigned", $"owner eq null and {Undone}"),
                new("Urgent", $"urgency eq 'urgent' and {Undone}"),
                new("Waiting for customer", "status eq 'pending'"),
                new("Solved this week", "solvedAt ge @week", $"-{TicketFields.SolvedAt}"),
            ],
            NeededFields =
            [
                TicketFields.Number, TicketFields.Type, TicketFields.Status, TicketFields.Description, TicketFields.Customer, TicketFields.Contact,
                TicketFields.RequesterName, TicketFields.RequesterEmail, TicketFields.Language, TicketFields.Resolution, TicketFields.OpenedAt,
                TicketFields.FirstReplyAt, TicketFields.FirstReplyMinutes, TicketFields.SolvedAt, TicketFields.ResolutionMinutes, TicketFields.ClosedAt,
                TicketFields.Satisfaction, TicketFields.SatisfactionComment, TicketFields.SatisfactionAt,
            ],
            Fields =
            [
                Field.Text(TicketFields.Subject, "Subject") with { Required = true, MaxLength = 200, Aliases = ["Title", "Summary", "标题", "工单标题"] },
                Field.AutoNumber(TicketFields.Number, "Ticket number", "T{000000}"),
                Field.PickList(TicketFields.Type, "Type", TypeOptions) with { Default = "question", Aliases = ["Category", "工单类型", "问题类型"] },
                Field.PickList(TicketFields.Urgency, "Urgency",
                    new("low", new("Low", "低"), "secondary"), new("normal", new("Normal", "一般"), "blue"), new("high", new("High", "高"), "orange"), new("urgent", "Urgent", "red")) with { Required = true, Default = "normal", Aliases = ["Priority", "优先级", "紧急程度"] },
                Field.PickList(TicketFields.Status, "Status",
                    new(TicketStatus.New, new("New", "新提交"), "purple"), new(TicketStatus.Open, new("Open", "处理中"), "blue"), new(TicketStatus.Pending, "Waiting for customer", "yellow"),
                    new(TicketStatus.Solved, new("Solved", "已解决"), "green"), new(TicketStatus.Closed, new("Closed", "已关闭"), "secondary")) with { Required = true, Default = TicketStatus.New, Indexed = true },
                Field.PickList(TicketFields.Queue, "Queue",
                    new("support", "Technical support"), new("billing", "Billing"), new("delivery", "Delivery and returns"), new("general", "General inquiries")) with { Open = true, Help = "Who deals with it before it has an assignee" },
                Field.LongText(TicketFields.Description, "Description") with { Aliases = ["Details", "Issue", "问题描述", "内容"] },
                Field.LookUps("related", "Related tickets", Name) with { RelatedLabel = "Tickets that refer to this one" },

                Field.LookUp(TicketFields.Customer, "Customer", CustomerType.Name) with { RelatedLabel = "Tickets", Section = "Requester" },
                Field.LookUp(TicketFields.Contact, "Contact", ContactType.Name) with { RelatedLabel = "Tickets", Section = "Requester" },
                Field.Text(TicketFields.RequesterName, "Requester’s name") with { MaxLength = 100, Section = "Requester", Aliases = ["Requester", "提交人", "报修人"] },
                Field.Email(TicketFields.RequesterEmail, "Requester’s e-mail") with { Section = "Requester", Help = "Answers are sent there", Aliases = ["E-mail", "Mail", "E-mail address", "邮箱", "电子邮箱", "邮箱地址", "邮件"] },
                Field.PickList(TicketFields.AddressCheck, "Address check", AddressChecks.Options) with { ReadOnly = true, Section = "Requester", Help = "Whether what came through the portal came from that address; empty when staff have written it down" },
                Field.PickList(TicketFields.Language, "Language", new("en", new("English", "English")), new("zh-CN", new("简体中文", "简体中文"))) with { Section = "Requester", Help = "Of mails to the requester; empty: the site’s" },

                Field.LongText(TicketFields.Resolution, "Solution") with { Section = "Solution", Help = "How it was solved. The customer sees it", Aliases = ["Resolution", "解决方案", "处理结果"] },

                Field.DateTime(TicketFields.OpenedAt, "Received") with { Required = true, Default = "@now", Indexed = true, Section = "Times", Aliases = ["Opened", "Date", "提交时间", "受理时间"] },
                Field.DateTime(TicketFields.FirstReplyAt, "First reply") with { ReadOnly = true, Section = "Times" },
                Field.Number(TicketFields.FirstReplyMinutes, "Minutes to the first reply") with { ReadOnly = true, Section = "Times" },
                Field.DateTime(TicketFields.SolvedAt, "Solved") with { ReadOnly = true, Indexed = true, Section = "Times" },
                Field.Number(TicketFields.ResolutionMinutes, "Minutes to the solution") with { ReadOnly = true, Section = "Times" },
                Field.DateTime(TicketFields.ClosedAt, "Closed") with { ReadOnly = true, Section = "Times" },

                Field.PickList(TicketFields.Satisfaction, "Satisfaction",
                    new("good", "Satisfied", "green"), new("bad", "Not satisfied", "red")) with { ReadOnly = true, Section = "Satisfaction" },
                Field.LongText(TicketFields.SatisfactionComment, "Comment on the solution") with { ReadOnly = true, MaxLength = 2000, Section = "Satisfaction" },
                Field.DateTime(TicketFields.SatisfactionAt, "Rated") with { ReadOnly = true, Section = "Satisfaction" },

                // The owner of a ticket is whoever works on it: nobody, until somebody takes it.
                Field.User(SystemFields.Owner, "Assignee") with { IsSystem = true, Indexed = true, Order = 900, Aliases = ["Agent", "Assigned to", "处理人"] },
            ],
        },
    ];

    private const string Undone = "status in ('new', 'open', 'pending')";

    internal static PickListOption[] TypeOptions { get; } =
    [
        new("question", new LocalizedText("Question", "咨询")), new("problem", new LocalizedText("Problem", "故障")),
        new("request", new LocalizedText("Request", "服务请求")), new("complaint", new LocalizedText("Complaint", "投诉"), "red"),
    ];
}

/// <summary>Names of the fields that code refers to.</summary>
internal static class TicketFields
{
    public const string Subject = "subject";
    public const string Number = "number";
    public const string Type = "type";
    public const string Urgency = "urgency";
    public const string Status = "status";
    public const string Queue = "queue";
    public const string Description = "description";
    public const string Customer = "customer";
    public const string Contact = "contact";
    public const string RequesterName = "requesterName";
    public const string RequesterEmail = "requesterEmail";
    public const string AddressCheck = "addressCheck";
    public const string Language = "language";
    public const string Resolution = "resolution";
    public const string OpenedAt = "openedAt";
    public const string FirstReplyAt = "firstReplyAt";
    public const string FirstReplyMinutes = "firstReplyMinutes";
    public const string SolvedAt = "solvedAt";
    public const string ResolutionMinutes = "resolutionMinutes";
    public const string ClosedAt = "closedAt";
    public const string Satisfaction = "satisfaction";
    public const string SatisfactionComment = "satisfactionComment";
    public const string SatisfactionAt = "satisfactionAt";
}

/// <summary>Whether somebody who reads mail to an address has said that they wrote what came through the portal in its name.</summary>
internal static class AddressChecks
{
    public const string Unconfirmed = "unconfirmed";
    public const string Confirmed = "confirmed";

    public static PickListOption[] Options => [new(Unconfirmed, "Not confirmed", "orange"), new(Confirmed, "Confirmed", "green")];
}

internal static class TicketStatus
{
    public const string New = "new";
    public const string Open = "open";
    public const string Pending = "pending";
    public const string Solved = "solved";
    public const string Closed = "closed";

    public static bool IsDone(string? status) => status is Solved or Closed;

    /// <summary>Tickets on which there is still something to do.</summary>
    public static Platform.Queries.Filter Undone { get; } = Platform.Queries.Filter.In(TicketFields.Status, [New, Open, Pending]);
}
