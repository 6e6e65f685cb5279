using Crm.Platform.Content;

namespace Crm.Customers;

/// <summary>A person who works at a customer.</summary>
public sealed class ContactType : IContentTypeProvider
{
    public const string Name = "contacts";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Contact",
            PluralLabel = "Contacts",
            Description = "People who work at your customers",
            Icon = "address-book",
            DisplayField = "name",
            ListColumns = ["name", "customer", "role", "jobTitle", "phone", "email", SystemFields.Owner],
            DefaultSort = ["name"],
            QuickSearch = ["name", "phone", "mobile", "email"],
            KeyFacts = ["customer", "role", "phone", "mobile", "email"],
            QuickFilters =
            [
                new("Mine", "owner eq @me"),
                new("Decision makers", "role eq 'decisionMaker'"),
                new("New this month", "createdAt ge @month", "-createdAt"),
            ],
            NeededFields = ["customer", "email"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200 },
                // Cleared, not deleted with the customer: people are still known when a company closes or is merged, and
                // restoring the customer links them again. To refuse the deletion would make almost no customer deletable.
                Field.LookUp("customer", "Customer", CustomerType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "Contacts" },
                Field.PickList("role", "Role at the customer",
                    new("decisionMaker", "Decision maker", "green"), new("buyer", "Buyer", "blue"), new("user", "End user", "secondary"),
                    new("finance", "Accounting", "secondary"), new("technical", "Technical", "secondary")) with { Open = true },
                Field.Text("jobTitle", "Job title"),

                Field.Phone("phone", "Phone") with { Indexed = true, Section = "Contact details" },
                Field.Phone("mobile", "Mobile phone") with { Indexed = true, Section = "Contact details" },
                Field.Email("email", "E-mail") with { Indexed = true, Section = "Contact details" },

                Field.Date("birthday", "Birthday") with { Section = "Personal" },
                Field.LongText("notes", "Notes") with { Section = "Notes" },
            ],
        },
    ];
}
