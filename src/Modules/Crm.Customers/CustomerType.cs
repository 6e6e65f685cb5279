using Crm.Platform.Content;

namespace Crm.Customers;

/// <summary>A company or a person that one does, or hopes to do, business with.</summary>
public sealed class CustomerType : IContentTypeProvider
{
    public const string Name = "customers";

    public const string Parent = "parent";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Customer",
            PluralLabel = "Customers",
            Description = "Companies and people you do business with",
            Icon = "building",
            DisplayField = "name",
            ListColumns = ["name", "level", "industry", "phone", SystemFields.Owner, SystemFields.ModifiedAt],
            DefaultSort = ["name"],
            QuickSearch = ["name", "number", "phone", "email"],
            KeyFacts = ["level", "industry", "phone", "email", "website", SystemFields.Owner],
            QuickFilters =
            [
                new("Mine", "owner eq @me"),
                new("Level A", "level eq 'a'"),
                new("New this month", "createdAt ge @month", "-createdAt"),
                new("No activity for 30 days", "not activities.customer/any(a: a/createdAt ge @today-30)"),
            ],
            NeededFields = ["number", "email", Parent],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200 },
                Field.AutoNumber("number", "Customer number", "C{000000}"),
                Field.PickList("category", "Category", new("company", "Company"), new("person", "Person")) with { Default = "company" },
                Field.PickList("level", "Level", new("a", "A", "green"), new("b", "B", "blue"), new("c", "C", "yellow"), new("d", "D", "secondary")) with
                {
                    Help = "How much the customer matters: A most, D least",
                },
                Field.PickList("industry", "Industry",
                    new("software", "Software"), new("technology", "Technology"), new("telecommunications", "Telecommunications"),
                    new("retail", "Retail"), new("finance", "Finance"), new("medical", "Medical"), new("marketing", "Marketing"),
                    new("entertainment", "Entertainment"), new("services", "Services"), new("employment", "Employment"),
                    new("manufacturing", "Manufacturing"), new("education", "Education"), new("government", "Government"), new("other", "Other")) with { Open = true },
                Field.PickList("source", "Source",
                    new("website", "Web site"), new("referral", "Referral"), new("exhibition", "Exhibition"), new("advertisement", "Advertisement"),
                    new("call", "Phone call"), new("partner", "Partner"), new("other", "Other")) with { Open = true, Help = "How the customer came to us" },
                Field.Tags("tags", "Tags"),

                Field.Phone("phone", "Phone") with { Indexed = true, Section = "Contact details" },
                Field.Email("email", "E-mail") with { Indexed = true, Section = "Contact details" },
                Field.Url("website", "Web site") with { Indexed = true, Section = "Contact details" },
                Field.Address("billingAddress", "Billing address") with { Section = "Contact details" },

                Field.Number("employees", "Employees") with { Min = 0, Section = "Company" },
                Field.Money("annualRevenue", "Annual revenue") with { Section = "Company" },
                Field.LookUp(Parent, "Parent company", Name) with { OnDelete = OnDelete.Clear, Section = "Company" },

                Field.Image("logo", "Logo") with { Section = "Company", Max = 2 },

                Field.LongText("notes", "Notes") with { Section = "Notes" },
            ],
        },
    ];
}
