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
                Field.Text("name", "Name") with { Required = true, Unique = true, MaxLength = 200, Aliases = ["Product name", "Item", "产品名称", "商品名称", "品名"] },
                Field.Text("code", "Product code") with { Unique = true, MaxLength = 50, Aliases = ["SKU", "Item number", "Article number", "编码", "产品编码", "货号"] },
                Field.Text("series", "Series") with { MaxLength = 100, Indexed = true, Aliases = ["Product line", "产品系列"] },
                Field.Money("price", "List price") with { Min = 0, Aliases = ["Price", "Unit price", "单价", "价格"] },
                Field.YesNo("isActive", "Sold now") with { Default = "true" },
                Field.LongText("description", "Description") with { Aliases = ["Notes", "Note", "Comments", "Remarks", "备注", "说明"] },
            ],
        },
    ];
}
