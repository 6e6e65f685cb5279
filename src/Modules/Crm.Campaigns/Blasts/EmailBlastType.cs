using Crm.Campaigns.Campaigns;
using Crm.Campaigns.Segments;
using Crm.Email.Templates;
using Crm.Platform.Content;

namespace Crm.Campaigns.Blasts;

/// <summary>One message to everybody of a segment.</summary>
public sealed class EmailBlastType : IContentTypeProvider
{
    public const string Name = "emailBlasts";

    public const string Draft = "draft";
    public const string Scheduled = "scheduled";
    public const string Sending = "sending";
    public const string Paused = "paused";
    public const string Done = "done";
    public const string Canceled = "canceled";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "E-mail blast",
            PluralLabel = "E-mail blasts",
            Description = "One message to everybody of a segment, and what became of it",
            Icon = "mail-fast",
            DisplayField = "name",
            ListColumns = ["name", "status", "campaign", "segment", "recipients", "sentAt", SystemFields.Owner],
            DefaultSort = ["-createdAt"],
            QuickSearch = ["name"],
            KeyFacts = ["status", "campaign", SystemFields.Owner],
            NeededFields = ["segment", "template", "campaign", "fromName", "fromAddress", "status", "scheduledAt", "sentAt", "recipients", "siteUrl", "problem"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200 },
                Field.LookUp("segment", "Segment", SegmentType.Name) with { Required = true, OnDelete = OnDelete.Restrict, RelatedLabel = "E-mail blasts", Help = "Who gets it: those in the segment, at the moment of sending, whom the sender may see" },
                Field.LookUp("template", "Template", EmailTemplateType.Name) with { Required = true, OnDelete = OnDelete.Restrict, RelatedLabel = "E-mail blasts" },
                Field.LookUp("campaign", "Campaign", CampaignType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "E-mail blasts", Help = "Its members follow what the recipients do" },
                Field.Text("fromName", "Sender's name") with { MaxLength = 200, Section = "Sender", Help = "Empty: as the e-mail account says" },
                Field.Email("fromAddress", "Sender's address") with { Section = "Sender" },
                Field.PickList("status", "Status", new(Draft, "Draft"), new(Scheduled, "Scheduled", "yellow"), new(Sending, "Being sent", "blue"), new(Paused, "Paused", "yellow"),
                    new(Done, "Done", "green"), new(Canceled, "Canceled", "secondary")) with { ReadOnly = true, Default = Draft, Indexed = true, Section = "Sending" },
                Field.DateTime("scheduledAt", "To be sent at") with { ReadOnly = true, Section = "Sending" },
                Field.DateTime("sentAt", "Begun at") with { ReadOnly = true, Section = "Sending" },
                Field.User("sentBy", "Sent by") with { ReadOnly = true, OnDelete = OnDelete.Clear, Section = "Sending" },
                Field.Number("recipients", "Recipients") with { ReadOnly = true, Section = "Sending" },
                Field.Text("siteUrl", "Address of this site") with { ReadOnly = true, MaxLength = 500, Section = "Sending" },
                Field.SystemText("problem", "Problem") with { Section = "Sending" },
            ],
        },
    ];
}
