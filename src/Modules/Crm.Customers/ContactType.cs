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
                Field.Text("name", "Name") with { Required = true, MaxLength = 200, Aliases = ["Full name", "Contact", "Contact name", "Contact person", "联系人", "联系人姓名", "姓名"] },
                // Cleared, not deleted with the customer: people are still known when a company closes or is merged, and
                // restoring the customer links them again. To refuse the deletion would make almost no customer deletable.
                Field.LookUp("customer", "Customer", CustomerType.Name) with { OnDelete = OnDelete.Clear, RelatedLabel = "Contacts", Aliases = ["Employer", "所属客户", "所属公司", "单位"] },
                Field.PickList("role", "Role at the customer",
                    new("decisionMaker", "Decision maker", "green"), new("buyer", "Buyer", "blue"), new("user", "End user", "secondary"),
                    new("finance", "Accounting", "secondary"), new("technical", "Technical", "secondary")) with { Open = true, Aliases = ["Role", "角色"] },
                Field.Text("jobTitle", "Job title") with { Aliases = ["Title", "Position", "职务", "职位", "岗位", "头衔"] },

                Field.Phone("phone", "Phone") with { Indexed = true, Section = "Contact details", Aliases = ["Telephone", "Tel", "Phone number", "Office phone", "联系电话", "电话号码", "座机", "办公电话"] },
                Field.Phone("mobile", "Mobile phone") with { Indexed = true, Section = "Contact details", Aliases = ["Mobile", "Mobile number", "Cell", "Cell phone", "手机", "手机号", "手机号码", "移动电话"] },
                Field.Email("email", "E-mail") with { Indexed = true, Section = "Contact details", Aliases = ["Mail", "E-mail address", "邮箱", "邮箱地址", "邮件"] },

                Field.Date("birthday", "Birthday") with { Section = "Personal", Aliases = ["Date of birth", "出生日期"] },
                Field.LongText("notes", "Notes") with { Section = "Notes", Aliases = ["Note", "Comments", "Remarks", "备注", "说明", "Description"] },
            ],
        },
    ];
}
