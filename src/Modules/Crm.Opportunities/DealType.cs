using Crm.Customers;
using Crm.Platform.Content;

namespace Crm.Opportunities;

/// <summary>A sale that came about: what was agreed, when, and for how much.</summary>
public sealed class DealType : IContentTypeProvider
{
    public const string Name = "deals";

    public const string Opportunity = "opportunity";
    public const string Customer = "customer";
    public const string Amount = "amount";
    public const string DealDate = "dealDate";
    public const string ContractNumber = "contractNumber";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Deal",
            PluralLabel = "Deals",
            Description = "What was sold: every won opportunity becomes one",
            Icon = "contract",
            DisplayField = "name",
            Amount = Amount,
            ListColumns = ["name", Customer, Amount, DealDate, ContractNumber, SystemFields.Owner],
            DefaultSort = [$"-{DealDate}"],
            QuickSearch = ["name", "number", ContractNumber],
            QuickFilters =
            [
                new("Mine", "owner eq @me"),
                new("Won this month", "dealDate ge @month and dealDate lt @month+1"),
                new("This quarter", "dealDate ge @quarter"),
                new("This year", "dealDate ge @year"),
            ],
            KeyFacts = [Amount, DealDate, Customer, ContractNumber, SystemFields.Owner],
            NeededFields = ["number", Customer, Opportunity, "product", Amount, DealDate, ContractNumber],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200, Aliases = ["Deal name", "Title", "Subject", "成交名称", "项目名称"] },
                Field.AutoNumber("number", "Deal number", "D{000000}"),
                Field.LookUp(Customer, "Customer", CustomerType.Name) with { RelatedLabel = "Deals" },
                Field.LookUp(Opportunity, "Opportunity", OpportunityType.Name) with { OnDelete = OnDelete.Restrict, RelatedLabel = "Deal" },
                Field.LookUp("product", "Product", ProductType.Name) with { OnDelete = OnDelete.Restrict },
                Field.Money(Amount, "Amount") with { Required = true, Min = 0, Aliases = ["Value", "Contract amount", "成交金额", "合同金额"] },
                Field.Date(DealDate, "Deal date") with { Required = true, Indexed = true, Default = "@today", Aliases = ["Date", "Closed on", "签约日期"] },
                Field.Text(ContractNumber, "Contract number") with { MaxLength = 100, Aliases = ["Contract", "Contract no", "合同编号", "合同号"] },
                Field.LongText("notes", "Notes") with { Section = "Notes", Aliases = ["Note", "Comments", "Remarks", "备注", "说明", "Description"] },
            ],
        },
    ];
}
