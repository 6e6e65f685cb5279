using Crm.Campaigns.Segments;
using Crm.Email.Templates;
using Crm.Platform.Content;

namespace Crm.Campaigns.Campaigns;

/// <summary>What marketing does for an audience, with what it costs and brings.</summary>
public sealed class CampaignType : IContentTypeProvider
{
    public const string Name = "campaigns";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Campaign",
            PluralLabel = "Campaigns",
            Description = "What marketing does for an audience, what it costs and what it brings",
            Icon = "speakerphone",
            DisplayField = "name",
            ListColumns = ["name", "type", "status", "startDate", "endDate", "budget", "actualCost", SystemFields.Owner],
            DefaultSort = ["-startDate"],
            QuickSearch = ["name", "number", "goal"],
            KeyFacts = ["status", "type", "startDate", "endDate", SystemFields.Owner],
            NeededFields = ["startDate", "budget", "actualCost"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200 },
                Field.AutoNumber("number", "Campaign number", "M{000000}"),
                Field.PickList("type", "Campaign type", new("email", "E-mail marketing"), new("event", "Event"), new("webinar", "Webinar"),
                    new("advertisement", "Advertisement"), new("telephone", "Telephone"), new("other", "Other")) with { Required = true, Default = "email" },
                Field.PickList("status", "Status", new("planned", "Planned"), new("active", "Under way", "blue"), new("completed", "Completed", "green"), new("canceled", "Canceled", "secondary")) with { Required = true, Default = "planned", Indexed = true },
                Field.LookUp("segment", "Audience", SegmentType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "Campaigns" },
                Field.LookUp("template", "E-mail template", EmailTemplateType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "Campaigns", Help = "For workflows that write to the audience by themselves, such as “Run a campaign”" },
                Field.Date("startDate", "Start date") with { Indexed = true },
                Field.Date("endDate", "End date"),
                Field.LongText("goal", "Goal") with { MaxLength = 2000 },
                Field.LongText("people", "People involved") with { MaxLength = 2000, Help = "Who takes part beside the owner, and what each does" },

                Field.Money("budget", "Budget") with { Min = 0, Section = "Cost and result" },
                Field.Money("actualCost", "Actual cost") with { Min = 0, Section = "Cost and result" },
                Field.Money("expectedRevenue", "Expected revenue") with { Min = 0, Section = "Cost and result" },

                Field.LongText("description", "Description") with { Section = "Notes" },
            ],
        },
    ];
}

/// <summary>Opportunities know the campaign that they came from.</summary>
internal sealed class CampaignOfOpportunity : IContentTypeProvider
{
    public const string Opportunities = "opportunities";

    public IEnumerable<ContentTypeExtension> Extensions =>
    [
        new(Opportunities, [Field.LookUp("campaign", "Campaign", CampaignType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "Opportunities" }]),
    ];
}
