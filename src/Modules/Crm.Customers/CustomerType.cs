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
                Field.Text("name", "Name") with { Required = true, MaxLength = 200, Aliases = ["Company", "Company name", "Account", "Account name", "Customer name", "Organization", "公司", "公司名称", "客户名称", "企业名称", "单位名称"] },
                Field.AutoNumber("number", "Customer number", "C{000000}") with { Aliases = ["Account number", "客户编码"] },
                Field.PickList("category", "Category", new("company", "Company"), new("person", "Person")) with { Default = "company", Aliases = ["Customer type", "客户类型"] },
                Field.PickList("level", "Level", new("a", "A", "green"), new("b", "B", "blue"), new("c", "C", "yellow"), new("d", "D", "secondary")) with
                {
                    Help = "How much the customer matters: A most, D least",
                    Aliases = ["Grade", "客户级别", "客户等级", "等级"],
                },
                Field.PickList("industry", "Industry",
                    new("software", "Software"), new("technology", "Technology"), new("telecommunications", "Telecommunications"),
                    new("retail", "Retail"), new("finance", "Finance"), new("medical", "Medical"), new("marketing", "Marketing"),
                    new("entertainment", "Entertainment"), new("services", "Services"), new("employment", "Employment"),
                    new("manufacturing", "Manufacturing"), new("education", "Education"), new("government", "Government"), new("other", "Other")) with { Open = true, Aliases = ["Sector", "所属行业"] },
                Field.PickList("source", "Source",
                    new("website", "Web site"), new("referral", "Referral"), new("exhibition", "Exhibition"), new("advertisement", "Advertisement"),
                    new("call", "Phone call"), new("partner", "Partner"), new("other", "Other")) with { Open = true, Help = "How the customer came to us", Aliases = ["Lead source", "客户来源"] },
                Field.Tags("tags", "Tags"),

                Field.Phone("phone", "Phone") with { Indexed = true, Section = "Contact details", Aliases = ["Telephone", "Tel", "Phone number", "Mobile", "Mobile phone", "联系电话", "电话号码", "座机", "手机", "手机号", "手机号码"] },
                Field.Email("email", "E-mail") with { Indexed = true, Section = "Contact details", Aliases = ["Mail", "E-mail address", "邮箱", "邮箱地址", "邮件"] },
                Field.Url("website", "Web site") with { Indexed = true, Section = "Contact details", Aliases = ["Homepage", "URL", "Web address", "网址", "官网", "公司网址"] },
                Field.Address("billingAddress", "Billing address") with { Section = "Contact details", Aliases = ["Address", "地址", "公司地址", "详细地址"] },

                Field.Number("employees", "Employees") with { Min = 0, Section = "Company", Aliases = ["Number of employees", "Headcount", "员工数", "员工人数", "人数"] },
                Field.Money("annualRevenue", "Annual revenue") with { Section = "Company", Aliases = ["Revenue", "Turnover", "年收入", "年营业额", "营业额"] },
                Field.LookUp(Parent, "Parent company", Name) with { OnDelete = OnDelete.Clear, Section = "Company", Aliases = ["Parent", "Parent account", "母公司", "上级公司", "总公司"] },

                Field.Image("logo", "Logo") with { Section = "Company", Max = 2 },

                Field.LongText("notes", "Notes") with { Section = "Notes", Aliases = ["Note", "Comments", "Remarks", "备注", "说明", "Description"] },
            ],
        },
    ];
}
