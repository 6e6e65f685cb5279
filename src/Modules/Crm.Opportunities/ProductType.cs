using Crm.Platform.Content;

namespace Crm.Opportunities;

/// <summary>Something that is sold.</summary>
public sealed class ProductType : IContentTypeProvider
{
    public const string Name = "products";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Product",
            PluralLabel = "Products",
            Description = "What you sell, with its list price",
            Icon = "package",
            DisplayField = "name",
            ListColumns = ["name", "code", "series", "price", "isActive"],
            DefaultSort = ["name"],
            QuickSearch = ["name", "code", "series"],
            QuickFilters = [new("Sold now", "isActive eq true")],
            KeyFacts = ["code", "series", "price", "isActive"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, Unique = true, MaxLength = 200 },
                Field.Text("code", "Product code") with { Unique = true, MaxLength = 50 },
                Field.Text("series", "Series") with { MaxLength = 100, Indexed = true },
                Field.Money("price", "List price") with { Min = 0 },
                Field.YesNo("isActive", "Sold now") with { Default = "true" },
                Field.LongText("description", "Description"),
            ],
        },
    ];
}
