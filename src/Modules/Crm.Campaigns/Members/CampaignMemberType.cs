using Crm.Campaigns.Campaigns;
using Crm.Customers;
using Crm.Platform.Content;

namespace Crm.Campaigns.Members;

/// <summary>Somebody whom a campaign is for, and how far it has come with them.</summary>
public sealed class CampaignMemberType : IContentTypeProvider
{
    public const string Name = "campaignMembers";

    public const string Key = "memberKey";

    /// <summary>From least to most; what a mailing says never takes back what is further.</summary>
    public static IReadOnlyList<string> Ranks { get; } = ["planned", "sent", "opened", "clicked", "responded", "attended", "bounced", "unsubscribed"];

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Campaign member",
            PluralLabel = "Campaign members",
            Description = "The people whom campaigns are for",
            Icon = "users",
            DisplayField = "name",
            ListColumns = ["name", "campaign", "customer", "email", "status", SystemFields.ModifiedAt],
            DefaultSort = ["name"],
            QuickSearch = ["name", "email"],
            KeyFacts = ["campaign", "status", "contact", "customer", "email"],
            OneOf = [new("Choose a contact or a customer, or give a name", "contact", "customer", "name")],
            NeededFields = ["campaign", "contact", "customer", "name", "email", "status"],
            Fields =
            [
                Field.LookUp("campaign", "Campaign", CampaignType.Name) with { Required = true, OnDelete = OnDelete.Cascade, RelatedLabel = "Campaign members" },
                Field.LookUp("contact", "Contact", ContactType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "Campaigns", RelatedAs = "campaign", Help = "Name, customer and e-mail are taken from here when they are empty" },
                Field.LookUp("customer", "Customer", CustomerType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "Campaigns", RelatedAs = "campaign" },
                Field.Text("name", "Name") with { MaxLength = 200 },
                Field.Email("email", "E-mail"),
                // One membership for a record, also when two processes add it at the same moment.
                Field.Text(Key, "Key of the membership") with { Hidden = true, ReadOnly = true, Unique = true },
                Field.PickList("status", "Status", new("planned", "Planned"), new("sent", "Sent", "blue"), new("opened", "Opened", "blue"), new("clicked", "Clicked", "green"),
                    new("responded", "Responded", "green"), new("attended", "Attended", "green"), new("unsubscribed", "Unsubscribed", "yellow"), new("bounced", "Bounced", "red")) with { Required = true, Default = "planned", Indexed = true },
            ],
        },
    ];
}
