using Crm.Customers;
using Crm.Platform.Content;

namespace Crm.Opportunities;

/// <summary>A sale that may come about.</summary>
public sealed class OpportunityType : IContentTypeProvider
{
    public const string Name = "opportunities";

    public const string Number = "number";
    public const string Customer = "customer";
    public const string Product = "product";
    public const string Stage = "stage";
    public const string Probability = "probability";
    public const string Amount = "amount";
    public const string EngageDate = "engageDate";
    public const string CloseDate = "closeDate";
    public const string NextStep = "nextStep";
    public const string ContractNumber = "contractNumber";
    public const string LostReason = "lostReason";
    public const string LostStage = "lostStage";

    private static readonly PickListOption[] OpenStages =
    [
        new(StageKeys.Prospecting, "Prospecting", "secondary", Weight: 10),
        new("engaging", "Engaging", "blue", Weight: 30),
        new("proposal", "Proposal", "indigo", Weight: 50),
        new("negotiation", "Negotiation", "purple", Weight: 75),
    ];

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Opportunity",
            PluralLabel = "Opportunities",
            Description = "Sales that may come about, from the first contact to won or lost",
            Icon = "target-arrow",
            DisplayField = "name",
            Amount = Amount,
            AmountParts =
            [
                new("Open pipeline", "not (stage in ('won', 'lost'))", CloseDate),
                new("Won", "stage eq 'won'", $"-{CloseDate}"),
            ],
            Board = new(Stage)
            {
                Weight = Probability,
                About = Customer,
                Due = CloseDate,
                NextStep = NextStep,
                IdleDays = 14,
                Doors = [new(StageKeys.Won, "convert"), new(StageKeys.Lost, "lose")],
            },
            ListColumns = ["name", Customer, Stage, Amount, CloseDate, SystemFields.Owner, NextStep],
            DefaultSort = [$"-{SystemFields.ModifiedAt}"],
            QuickSearch = ["name", Number, NextStep],
            QuickFilters =
            [
                new("My open ones", "owner eq @me and not (stage in ('won', 'lost'))", CloseDate),
                new("Closing this month", "not (stage in ('won', 'lost')) and closeDate ge @month and closeDate lt @month+1", CloseDate),
                new("Overdue", "not (stage in ('won', 'lost')) and closeDate lt @today", CloseDate),
                new("Without next step", "not (stage in ('won', 'lost')) and nextStep eq null", CloseDate),
                new("Won", "stage eq 'won'", $"-{CloseDate}"),
                new("Lost", "stage eq 'lost'", $"-{CloseDate}"),
            ],
            KeyFacts = [Stage, Amount, Probability, CloseDate, Customer],
            NeededFields = [Number, Customer, Product, Stage, Probability, Amount, CloseDate, NextStep, ContractNumber, LostReason, LostStage],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200, Aliases = ["Opportunity name", "Title", "Subject", "商机名称", "项目名称"] },
                Field.AutoNumber(Number, "Opportunity number", "O{000000}"),
                Field.LookUp(Customer, "Customer", CustomerType.Name) with { RelatedLabel = "Opportunities" },
                Field.LookUp("contact", "Contact", ContactType.Name) with { RelatedLabel = "Opportunities" },
                Field.LookUp(Product, "Product", ProductType.Name) with { OnDelete = OnDelete.Restrict },
                Field.LookUps("alsoInterestedIn", "Also interested in", ProductType.Name) with { RelatedLabel = "Opportunities with interest in it" },
                Field.PickList(Stage, "Stage", [.. OpenStages, new(StageKeys.Won, "Won", "green", Weight: 100), new(StageKeys.Lost, "Lost", "red", Weight: 0)]) with
                {
                    Required = true, Indexed = true, Default = StageKeys.Prospecting,
                    Aliases = ["Sales stage", "Status", "销售阶段", "商机阶段", "状态"],
                },
                Field.Number(Probability, "Probability (%)") with { Min = 0, Max = 100, Help = "Empty: what is usual for the stage", Aliases = ["Probability", "Chance", "赢率", "赢单率", "成交概率"] },
                Field.Money(Amount, "Amount") with { Min = 0, Help = "Expected; once won, the actual one", Aliases = ["Value", "Expected amount", "Expected revenue", "预计金额", "商机金额"] },
                Field.Date(EngageDate, "Engaged on") with { Aliases = ["Start date", "开始日期"] },
                Field.Date(CloseDate, "Closing date") with { Indexed = true, Late = new(Stage, StageKeys.Won, StageKeys.Lost), Help = "Expected; once won or lost, the actual one", Aliases = ["Close date", "Expected close date", "预计成交日期", "成交日期"] },

                Field.Text(NextStep, "Next step") with { Section = "Follow-up", Aliases = ["Next action", "下一步计划"] },
                Field.DateTime("nextFollowUpAt", "Next follow-up") with { Section = "Follow-up" },
                Field.PickList("source", "Source",
                    new("website", "Web site"), new("referral", "Referral"), new("exhibition", "Exhibition"), new("campaign", "Campaign"),
                    new("call", "Phone call"), new("partner", "Partner"), new("existing", "Existing customer"), new("other", "Other")) with { Open = true, Section = "Follow-up", Aliases = ["Lead source", "商机来源"] },
                Field.LongText("description", "Description") with { Section = "Follow-up", Aliases = ["Notes", "Note", "Comments", "Remarks", "备注", "说明"] },

                Field.Text(ContractNumber, "Contract number") with { MaxLength = 100, Section = "Closing", Aliases = ["Contract", "Contract no", "合同编号", "合同号"] },
                Field.PickList(LostReason, "Reason for losing",
                    new("price", "Price"), new("competitor", "Competitor"), new("noBudget", "No budget"), new("noDecision", "No decision"),
                    new("timing", "Bad timing"), new("noFit", "Does not fit"), new("other", "Other")) with { Open = true, Section = "Closing", Aliases = ["Loss reason", "Lost reason", "输单原因", "丢单原因"] },
                Field.PickList(LostStage, "Lost at stage", OpenStages) with { ReadOnly = true, Section = "Closing" },
            ],
        },
    ];
}
