using Crm.Platform.Content;

namespace Crm.Opportunities;

/// <summary>What a person is to sell in a month.</summary>
public sealed class TargetType : IContentTypeProvider
{
    public const string Name = "targets";

    public const string Person = "person";
    public const string Month = "month";
    public const string Amount = "amount";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Sales target",
            PluralLabel = "Sales targets",
            Description = "What each person is to sell in a month",
            Icon = "target",
            DisplayField = "name",
            Amount = Amount,
            ListColumns = ["name", Person, Month, Amount],
            DefaultSort = [$"-{Month}"],
            QuickFilters =
            [
                new("This month", "month eq @month"),
                new("Mine", "person eq @me"),
            ],
            KeyFacts = [Person, Month, Amount],
            NeededFields = [Person, Month, Amount],
            Fields =
            [
                // Made of person and month; see TargetRules.
                Field.Text("name", "Name") with { ReadOnly = true },
                Field.AutoNumber("number", "Target number", "S{000000}"),
                Field.User(Person, "Salesperson") with { Required = true, OnDelete = OnDelete.Restrict },
                Field.Month(Month, "Month") with { Required = true, Indexed = true, Default = "@month" },
                Field.Money(Amount, "Target") with { Required = true, Min = 0 },
            ],
        },
    ];
}
