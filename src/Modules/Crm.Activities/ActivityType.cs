using Crm.Customers;
using Crm.Platform.Content;

namespace Crm.Activities;

/// <summary>Something to do, or that was done, about a record: task, call, meeting or note.</summary>
public sealed class ActivityType : IContentTypeProvider
{
    public const string Name = "activities";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Activity",
            PluralLabel = "Activities",
            Description = "Tasks, calls, meetings and notes about your customers and everything else",
            Icon = "checkbox",
            DisplayField = ActivityFields.Subject,
            ListColumns = [ActivityFields.Subject, ActivityFields.Kind, ActivityFields.DueAt, ActivityFields.Status, ActivityFields.Regarding, SystemFields.Owner],
            DefaultSort = [$"-{SystemFields.CreatedAt}"],
            QuickSearch = [ActivityFields.Subject, ActivityFields.Result],
            KeyFacts = [ActivityFields.Kind, ActivityFields.DueAt, ActivityFields.Status, ActivityFields.Regarding, SystemFields.Owner],
            NeededFields = ActivityFields.All,
            QuickFilters =
            [
                new("Overdue", "owner eq @me and status eq 'open' and dueAt lt @now", ActivityFields.DueAt),
                new("Today", "owner eq @me and status eq 'open' and dueAt ge @now and dueAt lt @today+1", ActivityFields.DueAt),
                new("Next 7 days", "owner eq @me and status eq 'open' and dueAt ge @today+1 and dueAt lt @today+8", ActivityFields.DueAt),
                new("All my open ones", "owner eq @me and status eq 'open'", ActivityFields.DueAt),
                new("Done by me", "owner eq @me and status eq 'done'", $"-{ActivityFields.DoneAt}"),
            ],
            Fields =
            [
                Field.Text(ActivityFields.Subject, "Subject") with { Required = true, MaxLength = 200, Aliases = ["Title", "Summary", "标题"] },
                Field.PickList(ActivityFields.Kind, "Kind",
                    new(ActivityKinds.Task, "Task"), new(ActivityKinds.Call, "Call"), new(ActivityKinds.Meeting, "Meeting"), new(ActivityKinds.Note, "Note")) with { Required = true, Default = ActivityKinds.Task, Aliases = ["Type", "活动类型"] },
                Field.PickList(ActivityFields.Status, "Status",
                    new(ActivityStatus.Open, "Open", "blue"), new(ActivityStatus.Done, "Done", "green"), new(ActivityStatus.Canceled, "Canceled", "secondary")) with { Required = true, Default = ActivityStatus.Open, Indexed = true },
                Field.DateTime(ActivityFields.DueAt, "Due") with { Indexed = true, Late = new(ActivityFields.Status, ActivityStatus.Done, ActivityStatus.Canceled), Help = "When it is to be done, or takes place", Aliases = ["Due date", "Deadline", "Date", "截止时间", "截止日期"] },
                Field.Record(ActivityFields.Regarding, "About") with { Help = "The customer, opportunity, ticket or other record that it is about", Aliases = ["Related to", "Regarding", "相关对象"] },
                Field.LookUp(ActivityFields.Customer, "Customer", CustomerType.Name) with { OnDelete = OnDelete.Clear, Help = "Filled in from what it is about" },
                Field.LookUp(ActivityFields.Contact, "Contact", ContactType.Name) with { OnDelete = OnDelete.Clear },
                Field.LongText(ActivityFields.Description, "Description") with { Aliases = ["Details", "Notes", "Note", "Comments", "Remarks", "备注", "说明"] },

                Field.LongText(ActivityFields.Result, "Result") with { Section = "Result", Aliases = ["Outcome", "跟进结果"] },
                Field.DateTime(ActivityFields.DoneAt, "Done at") with { Section = "Result", Indexed = true, Help = "Empty: when it is set to done" },
                Field.DateTime(ActivityFields.FollowUpAt, "Next follow-up") with { Section = "Result", Help = "Makes the next task at this time, about the same record" },
                // Not restricted: what came before may be deleted, the next task stays.
                Field.LookUp(ActivityFields.Previous, "Follows from", Name) with { Section = "Result", OnDelete = OnDelete.Clear, RelatedLabel = "Follow-ups" },
            ],
        },
    ];
}

internal static class ActivityFields
{
    public const string Subject = "subject";
    public const string Kind = "kind";
    public const string Status = "status";
    public const string DueAt = "dueAt";
    public const string Regarding = "regarding";
    public const string Customer = "customer";
    public const string Contact = "contact";
    public const string Description = "description";
    public const string Result = "result";
    public const string DoneAt = "doneAt";
    public const string FollowUpAt = "followUpAt";
    public const string Previous = "previous";

    public static IReadOnlyList<string> All { get; } = [Subject, Kind, Status, DueAt, Regarding, Customer, Contact, Description, Result, DoneAt, FollowUpAt, Previous];
}

internal static class ActivityKinds
{
    public const string Task = "task";
    public const string Call = "call";
    public const string Meeting = "meeting";
    public const string Note = "note";

    public static IReadOnlyList<string> All { get; } = [Note, Call, Meeting, Task];

    public static string Icon(string? kind) => kind switch
    {
        Call => "phone",
        Meeting => "users",
        Note => "note",
        _ => "checkbox",
    };
}

internal static class ActivityStatus
{
    public const string Open = "open";
    public const string Done = "done";
    public const string Canceled = "canceled";
}
