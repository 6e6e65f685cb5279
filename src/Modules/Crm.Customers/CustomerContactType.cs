using Crm.Platform.Content;

namespace Crm.Customers;

/// <summary>
/// Somebody's role at another customer than the one that the contact's own look-up names: a board seat, a consultancy, an
/// earlier job.
/// </summary>
public sealed class CustomerContactType : IContentTypeProvider
{
    public const string Name = "customerContacts";

    public const string Contact = "contact";

    public const string Customer = "customer";

    public const string Until = "until";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Role of a contact",
            PluralLabel = "Roles of contacts",
            Description = "Who works where besides their own customer, as what and since when",
            Icon = "users",
            DisplayField = "title",
            Relation = new(Contact, Customer),
            ListColumns = ["title", Contact, Customer, "role", "since", Until, "isMain"],
            DefaultSort = ["title"],
            QuickSearch = ["title"],
            KeyFacts = [Contact, Customer, "role"],
            NeededFields = [Contact, Customer, Until],
            Fields =
            [
                Field.Text("title", "Who and where") with { ReadOnly = true, MaxLength = 450 },
                Field.LookUp(Contact, "Contact", ContactType.Name) with { Required = true, OnDelete = OnDelete.Cascade, RelatedLabel = "Also works at" },
                Field.LookUp(Customer, "Customer", CustomerType.Name) with { Required = true, OnDelete = OnDelete.Cascade, RelatedLabel = "Also working here" },
                Field.Text("role", "Role at the customer") with { MaxLength = 200 },
                Field.Date("since", "Works there since"),
                Field.Date(Until, "Works there until"),
                Field.YesNo("isMain", "Main contact there"),
                Field.LongText("notes", "Notes") with { Section = "Notes" },
            ],
        },
    ];
}
