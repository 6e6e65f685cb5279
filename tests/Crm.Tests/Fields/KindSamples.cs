using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.Tests.Fields;

/// <summary>A field of each kind, read and checked as the content manager does.</summary>
internal static class KindSamples
{
    public static readonly FieldKinds Kinds = new(FieldKinds.In(typeof(FieldKind).Assembly).Select(t => (FieldKind)Activator.CreateInstance(t)!));

    public static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static readonly DateTime Now = new DateTime(2026, 3, 31, 20, 15, 30, 123, DateTimeKind.Utc).AddTicks(4567);

    public static readonly Dictionary<string, FieldDefinition> Samples = new()
    {
        ["text"] = Field.Text("name", "Name"),
        ["longText"] = Field.LongText("notes", "Notes"),
        ["message"] = Field.SystemText("problem", "Problem"),
        ["number"] = Field.Number("size", "Size", decimals: 4),
        ["money"] = Field.Money("amount", "Amount"),
        ["yesNo"] = Field.YesNo("active", "Active"),
        ["date"] = Field.Date("founded", "Founded"),
        ["dateTime"] = Field.DateTime("due", "Due"),
        ["pickList"] = Field.PickList("stage", "Stage", new PickListOption("won", new LocalizedText("Won", "赢单")), new PickListOption("lost", "Lost")),
        ["multiPickList"] = Field.MultiPickList("channels", "Channels", new("web", new LocalizedText("Web; shop", "网站")), new("fair", "Fair"), new("a;b", "A and B")),
        ["tags"] = Field.Tags("tags", "Tags"),
        ["emails"] = Field.Emails("emails", "E-mails"),
        ["phones"] = Field.Phones("phones", "Phones"),
        ["address"] = Field.Address("billing", "Billing address"),
        ["richText"] = Field.RichText("terms", "Terms"),
        ["percent"] = Field.Percent("discount", "Discount", 2),
        ["rating"] = Field.Rating("rating", "Rating"),
        ["duration"] = Field.Duration("effort", "Effort"),
        ["json"] = Field.Json("data", "Data"),
        ["team"] = Field.Team("desk", "Desk"),
        ["email"] = Field.Email("email", "E-mail"),
        ["phone"] = Field.Phone("phone", "Phone"),
        ["url"] = Field.Url("website", "Website"),
        ["lookUp"] = Field.LookUp("customer", "Customer", "customers"),
        ["lookUps"] = Field.LookUps("partners", "Partners", "customers"),
        ["user"] = Field.User("owner", "Owner"),
        ["id"] = new FieldDefinition { Name = "id", Kind = "id", Label = "Id" },
        ["autoNumber"] = Field.AutoNumber("number", "Number", "C{000000}"),
        ["file"] = Field.File("contract", "Contract"),
        ["image"] = Field.Image("logo", "Logo"),
        ["record"] = new FieldDefinition { Name = "regarding", Kind = "record", Label = "About" },
    };

    public static FieldParse FromJson(string kind, string json, string? currency)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return Kinds.Find(kind)!.FromJson(Samples[kind], document.RootElement, currency is null ? Context() : Context() with { Currency = currency });
    }

    public static ParseContext Context() => new(CultureInfo.InvariantCulture, Shanghai, "CNY", "CN", Now, NoLocalizer.Instance);

    public static object Good(string kind, string text)
    {
        var parsed = Kinds.Find(kind)!.Parse(Samples[kind], text, Context());
        Assert.Null(parsed.Error?.ToString());
        Assert.Null(Kinds.Find(kind)!.Validate(Samples[kind], parsed.Value!)?.ToString());
        return parsed.Value!;
    }

    public static Message? Error(FieldDefinition field, string text)
    {
        var parsed = Kinds.Of(field).Parse(field, text, Context());
        return parsed.Error ?? Kinds.Of(field).Validate(field, parsed.Value!);
    }
}
