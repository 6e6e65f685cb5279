using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Tests.Fields;

public sealed class FieldKindTests
{
    private static readonly FieldKinds Kinds = new(FieldKinds.In(typeof(FieldKind).Assembly).Select(t => (FieldKind)Activator.CreateInstance(t)!));

    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private static readonly DateTime Now = new DateTime(2026, 3, 31, 20, 15, 30, 123, DateTimeKind.Utc).AddTicks(4567);

    private static readonly Dictionary<string, FieldDefinition> Samples = new()
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

    [Theory]
    [InlineData("text", "  Größe 微软 'x' & 50%  ", "Größe 微软 'x' & 50%")]
    [InlineData("text", "a < b", "a < b")]
    [InlineData("text", "　微软　", "微软")]
    [InlineData("longText", " a\r\nb\rc ", "a\nb\nc")]
    [InlineData("message", "[\"{0} is gone\",\"A\"]", "[\"{0} is gone\",\"A\"]")]
    [InlineData("number", " -1234.5 ", "-1234.5")]
    [InlineData("number", "1,234,567", "1234567")]
    [InlineData("number", "１２３．５", "123.5")]
    [InlineData("number", "－５", "-5")]
    [InlineData("number", "1e3", "1000")]
    [InlineData("money", "1234.50", "1234.5 CNY")]
    [InlineData("money", "1,234.50 USD", "1234.5 USD")]
    [InlineData("money", "usd 1,234.50", "1234.5 USD")]
    [InlineData("money", "EUR-3", "-3 EUR")]
    [InlineData("money", "3EUR", "3 EUR")]
    [InlineData("money", "ＵＳＤ　１００", "100 USD")]
    [InlineData("yesNo", "Yes", "true")]
    [InlineData("yesNo", "是", "true")]
    [InlineData("yesNo", "0", "false")]
    [InlineData("yesNo", " OFF ", "false")]
    [InlineData("date", "2026-03-31", "2026-03-31")]
    [InlineData("date", "2026/3/1", "2026-03-01")]
    [InlineData("date", "2026年3月1日", "2026-03-01")]
    [InlineData("date", "２０２６－０３－３１", "2026-03-31")]
    [InlineData("date", "@today", "2026-04-01")]
    [InlineData("dateTime", "2026-03-31 14:30", "2026-03-31T06:30:00.000Z")]
    [InlineData("dateTime", "2026-03-31T14:30:05", "2026-03-31T06:30:05.000Z")]
    [InlineData("dateTime", "2026-03-31T14:30:05.25", "2026-03-31T06:30:05.250Z")]
    [InlineData("dateTime", "2026-03-31T14:30:05.2567Z", "2026-03-31T14:30:05.256Z")]
    [InlineData("dateTime", "2026-03-31T14:30+02:00", "2026-03-31T12:30:00.000Z")]
    [InlineData("dateTime", "2026-03-31", "2026-03-30T16:00:00.000Z")]
    [InlineData("dateTime", "@now", "2026-03-31T20:15:30.123Z")]
    [InlineData("pickList", "WON", "won")]
    [InlineData("pickList", "赢单", "won")]
    [InlineData("pickList", "lost", "lost")]
    [InlineData("multiPickList", "fair; 网站", "web; fair")]
    [InlineData("multiPickList", "Fair，web\n FAIR", "web; fair")]
    [InlineData("multiPickList", "A and B；Web\\; shop", "web; a\\;b")]
    [InlineData("tags", " VIP, 华东；vip 、Ｖｉｐ;Größe ", "VIP; 华东; Größe")]
    [InlineData("emails", "a@example.com", "work: a@example.com")]
    [InlineData("emails", "Home: a@example.com; 手机：李雷@例子.中国; other: A@EXAMPLE.com", "home: a@example.com; mobile: 李雷@例子.中国")]
    [InlineData("phones", "mobile: 138 0013 8000; +1 (650) 253-0000", "mobile: +8613800138000; work: +16502530000")]
    [InlineData("phones", "家庭: 010-65529988 ext. 12", "home: +861065529988\\;ext=12")]
    [InlineData("address", " 世纪大道 100 号 ", "{\"street\":\"世纪大道 100 号\"}")]
    [InlineData("address", "{\"country\":\"中国\",\"city\":\"上海市\",\"postalCode\":\" 200120 \"}", "{\"country\":\"CN\",\"city\":\"上海市\",\"postalCode\":\"200120\"}")]
    [InlineData("richText", "<p>Hello <b>you</b><script>alert(1)</script></p>", "<p>Hello <b>you</b></p>")]
    [InlineData("richText", "a & b < c\r\n\r\n中文\nd", "<p>a &amp; b &lt; c</p><p>中文<br>d</p>")]
    [InlineData("richText", "<a href=\"javascript:alert(1)\" onclick=\"x()\">go</a><a href=\"https://a.example/?x=1&amp;y=2\">on</a>", "<a rel=\"noopener noreferrer nofollow\">go</a><a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener noreferrer nofollow\">on</a>")]
    [InlineData("richText", "<div style=\"position:fixed\">words<img src=x onerror=alert(1)></div>", "<p>words</p>")]
    [InlineData("percent", "12.5%", "12.5")]
    [InlineData("percent", "７ ％", "7")]
    [InlineData("rating", "★★★☆☆", "3")]
    [InlineData("rating", "4/5", "4")]
    [InlineData("duration", "1h 30m", "90")]
    [InlineData("duration", "1:05", "65")]
    [InlineData("duration", "90", "90")]
    [InlineData("duration", "1.5 hours", "90")]
    [InlineData("duration", "２小时１５分钟", "135")]
    [InlineData("duration", "45 min", "45")]
    [InlineData("json", " { \"a\" : [ 1.0, \"中\" ] } ", "{\"a\":[1.0,\"中\"]}")]
    [InlineData("team", "0198c1c2-0000-7000-8000-00000000000a", "0198c1c2-0000-7000-8000-00000000000a")]
    [InlineData("email", " Ann.O'Neill+crm@example.co.uk ", "Ann.O'Neill+crm@example.co.uk")]
    [InlineData("email", "李雷@例子.中国", "李雷@例子.中国")]
    [InlineData("phone", "138 0013 8000", "+8613800138000")]
    [InlineData("phone", "１３８００１３８０００", "+8613800138000")]
    [InlineData("phone", "(010) 6552-9988", "+861065529988")]
    [InlineData("phone", "+1 (650) 253-0000", "+16502530000")]
    [InlineData("phone", "010-65529988 ext. 12", "+861065529988;ext=12")]
    [InlineData("url", "example.com", "https://example.com")]
    [InlineData("url", "HTTP://例子.中国/a?b=1#c", "HTTP://例子.中国/a?b=1#c")]
    [InlineData("url", "example.com/?next=http://a.example", "https://example.com/?next=http://a.example")]
    [InlineData("lookUp", "0198C1C2-0000-7000-8000-00000000000A", "0198c1c2-0000-7000-8000-00000000000a")]
    [InlineData("lookUps", "0198C1C2-0000-7000-8000-00000000000B；0198c1c2-0000-7000-8000-00000000000a\n0198c1c2-0000-7000-8000-00000000000b", "0198c1c2-0000-7000-8000-00000000000b; 0198c1c2-0000-7000-8000-00000000000a")]
    [InlineData("user", "0198c1c2-0000-7000-8000-00000000000a", "0198c1c2-0000-7000-8000-00000000000a")]
    [InlineData("id", "0198c1c2-0000-7000-8000-00000000000a", "0198c1c2-0000-7000-8000-00000000000a")]
    [InlineData("autoNumber", "C000042", "C000042")]
    [InlineData("record", " customers/0198C1C2-0000-7000-8000-00000000000A ", "customers/0198c1c2-0000-7000-8000-00000000000a")]
    [InlineData("file", "{\"id\":\"0198c1c2-0000-7000-8000-00000000000a\",\"name\":\"合同.pdf\",\"type\":\"application/pdf\",\"size\":12}", "{\"id\":\"0198c1c2-0000-7000-8000-00000000000a\",\"name\":\"合同.pdf\",\"type\":\"application/pdf\",\"size\":12}")]
    [InlineData("image", "{\"id\":\"0198c1c2-0000-7000-8000-00000000000a\",\"name\":\"a.png\",\"type\":\"image/png\",\"size\":12}", "{\"id\":\"0198c1c2-0000-7000-8000-00000000000a\",\"name\":\"a.png\",\"type\":\"image/png\",\"size\":12}")]
    public void Parse_GoodText_GivesAValueThatReadsBackTheSame(string kind, string text, string invariant)
    {
        var value = Good(kind, text);
        Assert.IsType(Kinds.Find(kind)!.ValueType, value);
        Assert.Equal(invariant, Kinds.Find(kind)!.ToInvariant(Samples[kind], value));
        Assert.Equal(value, Good(kind, invariant));
        // What the system says is for reading only, in English.
        if (kind != "message")
            Assert.Equal(new FieldParse(value, null), FromJson(kind, Kinds.Find(kind)!.ToJson(Samples[kind], value)!.ToJsonString(), (value as Money?)?.Currency));
    }

    [Theory]
    [InlineData("text", "12", "Name must be a text")]
    [InlineData("text", "{}", "Name must be a text")]
    [InlineData("number", "\"12\"", "Size must be a number")]
    [InlineData("number", "1e400", "Size must be a number")]
    [InlineData("money", "true", "Amount must be a number")]
    [InlineData("yesNo", "\"true\"", "Active must be true or false")]
    [InlineData("date", "\"31.3.2026\"", "Founded must be a date such as 2026-03-31")]
    [InlineData("date", "\"@today\"", "Founded must be a date such as 2026-03-31")]
    [InlineData("dateTime", "\"2026-03-31T14:30:00\"", "Due must be a time with its zone, such as 2026-03-31T14:30:00Z")]
    [InlineData("dateTime", "\"2026-03-31\"", "Due must be a time with its zone, such as 2026-03-31T14:30:00Z")]
    [InlineData("pickList", "\"赢单\"", "Stage has no option “赢单”")]
    [InlineData("lookUp", "\"Acme\"", "Customer must be the id of a record")]
    [InlineData("lookUps", "\"Acme\"", "Partners must be a list")]
    [InlineData("lookUps", "[\"Acme\"]", "Partners holds something that is no value of it")]
    [InlineData("record", "\"customers:Acme\"", "About must be a type and an id with a slash between them, such as customers/<id>")]
    public void FromJson_WrongType_SaysWhatIsExpected(string kind, string json, string message)
        => Assert.Equal(message, FromJson(kind, json, null).Error?.ToString());

    [Fact]
    public void FromJson_BlankText_EmptiesTheField() => Assert.Equal(FieldParse.Empty, FromJson("text", "\"  \"", null));

    private static FieldParse FromJson(string kind, string json, string? currency)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return Kinds.Find(kind)!.FromJson(Samples[kind], document.RootElement, currency is null ? Context() : Context() with { Currency = currency });
    }

    [Fact]
    public void Samples_OfAllKinds_AreThere() => Assert.Equal(Kinds.All.Select(k => k.Name).Order(), Samples.Keys.Order());

    [Theory]
    [InlineData("text", "<script>alert(1)</script>", "Name must not contain HTML or script")]
    [InlineData("text", "<img src=x>", "Name must not contain HTML or script")]
    [InlineData("text", "</b>", "Name must not contain HTML or script")]
    [InlineData("text", "a\tb", "Name must be one line without control characters")]
    [InlineData("text", "a\nb", "Name must be one line without control characters")]
    [InlineData("longText", "a\u0007b", "Notes must not contain control characters")]
    [InlineData("number", "twelve", "Size must be a number")]
    [InlineData("number", "1.2.3", "Size must be a number")]
    [InlineData("number", "5²", "Size must be a number")]
    [InlineData("number", "NaN", "Size must be a number")]
    [InlineData("number", "1e99", "Size must be a number")]
    [InlineData("number", "0.00001", "Size may have at most 4 decimals")]
    [InlineData("number", "99999999999999.5", "Size must be between -99999999999999 and 99999999999999")]
    [InlineData("money", "USD", "Amount must be an amount such as 1234.50, with a currency code such as CNY if it is not the usual one")]
    [InlineData("money", "12 USD EUR", "Amount must be an amount such as 1234.50, with a currency code such as CNY if it is not the usual one")]
    [InlineData("money", "12 QQQ", "QQQ is not a currency code")]
    [InlineData("money", "1.234 EUR", "Amount may have at most 2 decimals")]
    [InlineData("yesNo", "perhaps", "Active must be yes or no")]
    [InlineData("date", "2026-02-29", "Founded must be a date such as 2026-03-31")]
    [InlineData("date", "31.3.2026", "Founded must be a date such as 2026-03-31")]
    [InlineData("dateTime", "2026-03-31T25:00", "Due must be a date and time such as 2026-03-31 14:30")]
    [InlineData("dateTime", "Tuesday", "Due must be a date and time such as 2026-03-31 14:30")]
    [InlineData("dateTime", "0001-01-01T00:00:00+14:00", "Due must be a date and time such as 2026-03-31 14:30")]
    [InlineData("pickList", "maybe", "Stage has no option “maybe”")]
    [InlineData("multiPickList", "web; mail", "Channels has no option “mail”")]
    [InlineData("tags", "a<b", "Tags must be plain words")]
    [InlineData("tags", "a\u0007", "Tags must be plain words")]
    [InlineData("tags", "123456789012345678901234567890123456789012345678901", "123456789012345678901234567890123456789012345678901 may have at most 50 characters; this has 51")]
    [InlineData("emails", "work: a@example.com; b", "E-mails: “b” is no e-mail address such as name@example.com")]
    [InlineData("phones", "mobile: call me", "Phones: “call me” is no phone number; one from abroad begins with + and the country code")]
    [InlineData("address", "{\"country\":\"Atlantis\",\"city\":\"x\"}", "Billing address: “Atlantis” is no country; give its name or its code such as CN")]
    [InlineData("address", "{\"planet\":\"Earth\"}", "Billing address must be an address with street, country, region, city, district, postalCode")]
    [InlineData("address", "<b>", "Billing address must be one line without control characters")]
    [InlineData("percent", "half", "Discount must be a percentage such as 12.5")]
    [InlineData("rating", "6", "Rating must be a number of stars from 1 to 5")]
    [InlineData("rating", "2.5", "Rating must be a number of stars from 1 to 5")]
    [InlineData("duration", "soon", "Effort must be a length of time such as 1h 30m, 1:30 or 90 (minutes)")]
    [InlineData("duration", "-5", "Effort must be between 0 and 3660 × 24 h")]
    [InlineData("json", "{\"a\":}", "Data is not valid JSON: line 1, position 6")]
    [InlineData("email", "name", "E-mail must be an e-mail address such as name@example.com")]
    [InlineData("email", "name@example", "E-mail must be an e-mail address such as name@example.com")]
    [InlineData("email", "name@example.com.", "E-mail must be an e-mail address such as name@example.com")]
    [InlineData("email", "name@example.com/", "E-mail must be an e-mail address such as name@example.com")]
    [InlineData("email", "Ann <ann@example.com>", "E-mail must be an e-mail address such as name@example.com")]
    [InlineData("email", "a@example.com, b@example.com", "E-mail must be an e-mail address such as name@example.com")]
    [InlineData("email", "a@example.com\nBcc: b@example.com", "E-mail must be an e-mail address such as name@example.com")]
    [InlineData("phone", "call me", "Phone must be a phone number, with + and the country code if it is abroad")]
    [InlineData("phone", "12", "Phone must be a phone number, with + and the country code if it is abroad")]
    [InlineData("phone", "+999 123456789", "Phone must be a phone number, with + and the country code if it is abroad")]
    [InlineData("url", "javascript:alert(1)", "Website must be a web address such as https://example.com")]
    [InlineData("url", "JavaScript://example.com/%0aalert(1)", "Website must be a web address such as https://example.com")]
    [InlineData("url", " javascript://a.example?http://b.example", "Website must be a web address such as https://example.com")]
    [InlineData("url", "data:text/html,<b>x.y</b>", "Website must be a web address such as https://example.com")]
    [InlineData("url", "ftp://example.com", "Website must be a web address such as https://example.com")]
    [InlineData("url", "mailto:ann@example.com", "Website must be a web address such as https://example.com")]
    [InlineData("url", "https://bank.example@evil.example", "Website must be a web address such as https://example.com")]
    [InlineData("url", "//example.com", "Website must be a web address such as https://example.com")]
    [InlineData("url", "https://exa mple.com", "Website must be a web address such as https://example.com")]
    [InlineData("url", "localhost", "Website must be a web address such as https://example.com")]
    public void Parse_BadText_SaysWhatIsExpected(string kind, string text, string message)
        => Assert.Equal(message, Error(Samples[kind], text)?.ToString());

    [Fact]
    public void Parse_PhoneOfAnotherRegion_IsThatRegions()
        => Assert.Equal("+16502530000", Kinds.Find("phone")!.Parse(Samples["phone"], "(650) 253-0000", Context() with { Region = "US" }).Value);

    [Theory]
    [InlineData("+8613800138000", "CN", "138 0013 8000")]
    [InlineData("+16502530000", "CN", "+1 650-253-0000")]
    [InlineData("+16502530000", "US", "(650) 253-0000")]
    public void Format_Phone_IsNationalAtHome(string value, string region, string expected)
        => Assert.Equal(expected, Kinds.Find("phone")!.Format(Samples["phone"], value, new FormatContext(CultureInfo.InvariantCulture, Shanghai, region, NoLocalizer.Instance)));

    [Theory]
    [InlineData("en-US", "CN", "CN", "上海市", "上海市", "浦东新区", "世纪大道100号", "200120", "上海市浦东新区世纪大道100号 200120")]
    [InlineData("zh-CN", "US", "CN", "广东省", "深圳市", "南山区", "科技园 1 栋", null, "中国 广东省深圳市南山区科技园 1 栋")]
    [InlineData("en-US", "US", "CN", "Guangdong", "Shenzhen", "Nanshan", "1 Keji Road", null, "China, Guangdong Shenzhen Nanshan 1 Keji Road")]
    [InlineData("en-US", "CN", "US", "CA", "Palo Alto", null, "3000 Hanover St", "94304", "3000 Hanover St, Palo Alto, CA 94304, United States")]
    [InlineData("zh-CN", "CN", "DE", null, "Berlin", null, "Unter den Linden 1", "10117", "Unter den Linden 1, Berlin 10117, 德国")]
    public void Format_Address_IsInTheOrderOfItsCountry(string culture, string region, string country, string? province, string? city, string? district, string street, string? code, string expected)
        => Assert.Equal(expected, new Address(street, country, province, city, district, code).ToLine(new FormatContext(CultureInfo.GetCultureInfo(culture), Shanghai, region, NoLocalizer.Instance)));

    [Fact]
    public void SplitParts_Address_JoinsToTheSame()
    {
        var (kind, address) = (Kinds.Find("address")!, new Address("1 \"Main\" St", "US", "CA", null, "§ 中", "94304"));
        Assert.Equal(address, Good("address", kind.JoinParts([.. kind.SplitParts(Samples["address"], address)])!));
        Assert.Null(kind.JoinParts(["", "CN", "", "", " ", null]));
        Assert.Equal("CA", kind.ToColumns(Samples["address"], address)[2]);
        Assert.Equal(address, kind.FromColumns(Samples["address"], kind.ToColumns(Samples["address"], address).AsSpan(0, 6)));
    }

    [Fact]
    public void Sanitize_AnyText_StaysAsItIsTheSecondTime()
        => Property.Holds(Property.Text, text => Assert.Equal(RichText.Sanitize(text), RichText.Sanitize(RichText.Sanitize(text))), runs: 1000);

    [Theory]
    [InlineData("<h3>Terms</h3><ul><li>a &amp; b</li><li>c</li></ul><p>1 &lt; 2<br>end</p>", "Terms\na & b\nc\n1 < 2\nend")]
    [InlineData("<a href=\"https://a.example/?q=%3E\">x</a>", "x")]
    public void ToPlain_RichText_IsItsWords(string html, string words) => Assert.Equal(words, RichText.ToPlain(html));

    [Fact]
    public void JoinPosted_RowsOfAForm_AreLabelsAndAddressesByTurns()
    {
        var kind = Kinds.Find("phones")!;
        Assert.Equal("mobile: 138 0013 8000; home: 010 1\\;2", kind.JoinPosted(["", "mobile", " 138 0013 8000 ", "work", "", "home", "010 1;2"]));
        Assert.Equal("", kind.JoinPosted([""]));
    }

    [Theory]
    [InlineData("138 0013-8000", "13800138000")]
    [InlineData("１３８　００１３", "1380013")]
    public void ToFilterValue_Phone_IsDigitsAlone(string text, string expected)
        => Assert.Equal(expected, Kinds.Find("phone")!.ToFilterValue(Samples["phone"], text));

    [Fact]
    public void Parse_LookUpByName_IsLeftToTheContentManager()
        => Assert.Equal(new LookUpText("微软"), Kinds.Find("lookUp")!.Parse(Samples["lookUp"], " 微软 ", Context()).Value);

    [Fact]
    public void Parse_OpenPickList_TakesPlainTextOnly()
    {
        var open = Samples["pickList"] with { Open = true };
        Assert.Equal(new NewOption("延期"), Kinds.Of(open).Parse(open, " 延期 ", Context()).Value);
        Assert.NotNull(Error(open, "<b>"));
        Assert.NotNull(Error(open, new string('a', 101)));
    }

    [Fact]
    public void Parse_TimeThatIsSkippedInSpring_IsRefused()
    {
        var berlin = Context() with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };
        Assert.Equal("Due does not exist on that day: the clocks are put forward", Kinds.Find("dateTime")!.Parse(Samples["dateTime"], "2026-03-29 02:30", berlin).Error?.ToString());
        Assert.Equal(new DateTime(2026, 3, 29, 1, 30, 0, DateTimeKind.Utc), Kinds.Find("dateTime")!.Parse(Samples["dateTime"], "2026-03-29 03:30", berlin).Value);
    }

    [Fact]
    public void Parse_GermanUser_ReadsTheComma()
    {
        var german = Context() with { Culture = CultureInfo.GetCultureInfo("de-DE") };
        Assert.Equal(1234.5m, Kinds.Find("number")!.Parse(Samples["number"], "1.234,5", german).Value);
        Assert.Equal(new DateOnly(2026, 3, 31), Kinds.Find("date")!.Parse(Samples["date"], "31.3.2026", german).Value);
    }

    [Theory]
    [InlineData("text", 255, "Name may have at most 255 characters; this has 256")]
    [InlineData("longText", 20_000, "Notes may have at most 20000 characters; this has 20001")]
    public void Validate_TextOverItsLimit_SaysTheLimit(string kind, int limit, string message)
    {
        Assert.Null(Error(Samples[kind], new string('中', limit)));
        Assert.Equal(message, Error(Samples[kind], new string('中', limit + 1))?.ToString());
        Assert.Equal($"{Samples[kind].Label} may have at most 3 characters; this has 4", Error(Samples[kind] with { MaxLength = 3 }, "abcd")?.ToString());
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("100", true)]
    [InlineData("-1", false)]
    [InlineData("101", false)]
    public void Validate_NumberWithLimits_KeepsThem(string text, bool ok)
        => Assert.Equal(ok, Error(Field.Number("percent", "Percent") with { Min = 0, Max = 100 }, text) is null);

    [Fact]
    public void Validate_WholeNumberWithFraction_IsRefused()
        => Assert.Equal("Percent must be a whole number", Error(Field.Number("percent", "Percent"), "1.5")?.ToString());

    [Theory]
    [InlineData("number")]
    [InlineData("money")]
    public void ValidateDefinition_NumberThatNoColumnHolds_IsRefused(string kind)
    {
        var field = Samples[kind];
        Assert.Null(Kinds.Of(field).ValidateDefinition(field));
        Assert.Null(Kinds.Of(field).ValidateDefinition(field with { Min = 0, Max = 0 }));
        Assert.NotNull(Kinds.Of(field).ValidateDefinition(field with { Decimals = 5 }));
        Assert.NotNull(Kinds.Of(field).ValidateDefinition(field with { Decimals = -1 }));
        Assert.NotNull(Kinds.Of(field).ValidateDefinition(field with { Max = decimal.MaxValue }));
        Assert.NotNull(Kinds.Of(field).ValidateDefinition(field with { Min = decimal.MinValue }));
        Assert.NotNull(Kinds.Of(field).ValidateDefinition(field with { Min = 2, Max = 1 }));
    }

    [Theory]
    [InlineData("C{000000}", true)]
    [InlineData("{0}", true)]
    [InlineData("订单{0000}号", true)]
    [InlineData("C000000", false)]
    [InlineData("C{}", false)]
    [InlineData("C{00a}", false)]
    [InlineData("C}{", false)]
    [InlineData("C{0000000000000000}", false)]
    [InlineData(null, false)]
    public void ValidateDefinition_AutoNumberPattern_NeedsZerosInBraces(string? pattern, bool ok)
    {
        var field = Field.AutoNumber("number", "Number", "") with { Pattern = pattern };
        var error = Kinds.Of(field).ValidateDefinition(field);
        Assert.Equal(ok ? null : "The pattern must contain zeros in braces, such as C{000000}", error?.ToString());
        Assert.Equal(ok ? null : "The pattern must contain zeros in braces, such as C{000000}", error?.For(NoLocalizer.Instance));
    }

    [Fact]
    public void Next_AutoNumber_FillsUpWithZerosAndGrowsBeyond()
    {
        Assert.Equal("C000042", AutoNumberField.Next(Samples["autoNumber"], 42));
        Assert.Equal("C1234567", AutoNumberField.Next(Samples["autoNumber"], 1_234_567));
    }

    [Theory]
    [InlineData("ABC", "abc")]
    [InlineData("Ａｂｃ１２３", "abc123")]
    [InlineData("Société Générale", "societe generale")]
    [InlineData("MÜLLER", "muller")]
    [InlineData("Mu\u0308ller", "muller")]
    [InlineData("微软（中国）", "微软(中国)")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("か", "か")]
    [InlineData("が", "が")]
    [InlineData("น้ำ", "น\u0e49\u0e4dา")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("😀", "😀")]
    [InlineData("", "")]
    public void Fold_Text_DropsWidthCaseAndAccents(string text, string folded) => Assert.Equal(folded, FieldKind.Fold(text));

    [Fact]
    public void Fold_HalfASurrogatePair_IsReplaced() => Assert.Equal("a\uFFFDe", FieldKind.Fold("A\uD83DÉ"));

    [Fact]
    public void Fold_Twice_IsFoldOnce()
        => Property.Holds(Property.Text, text => Assert.Equal(FieldKind.Fold(text), FieldKind.Fold(FieldKind.Fold(text))), runs: 2000);

    [Fact]
    public void Fold_OtherCase_IsTheSame()
        => Property.Holds(Property.Text.Where(t => !t.Contains('ß') && !t.Contains('İ')), text => Assert.Equal(FieldKind.Fold(text), FieldKind.Fold(text.ToUpperInvariant())));

    [Fact]
    public void ToInvariant_AnyNumber_ReadsBackTheSame()
        => Property.Holds(Amounts, number => AssertRoundTrip("number", number), runs: 1000);

    [Fact]
    public void ToInvariant_AnyMoney_ReadsBackTheSame()
        => Property.Holds(from amount in Amounts from currency in Gen.Elements(Currencies.All) select new Money(amount, currency), money => AssertRoundTrip("money", money), runs: 1000);

    [Fact]
    public void SplitParts_AnyMoney_JoinsToTheSame()
        => Property.Holds(from amount in Amounts from currency in Gen.Elements(Currencies.All) select new Money(amount, currency), money =>
        {
            var kind = Kinds.Find("money")!;
            money = money with { Amount = decimal.Round(money.Amount, 2) };
            Assert.Equal(money, Good("money", kind.JoinParts([.. kind.SplitParts(Samples["money"], money)])!));
        });

    [Fact]
    public void ToInvariant_AnyDate_ReadsBackTheSame()
        => Property.Holds(Gen.Choose(0, DateOnly.MaxValue.DayNumber).Select(DateOnly.FromDayNumber), date => AssertRoundTrip("date", date), runs: 1000);

    [Fact]
    public void ToInvariant_AnyTime_ReadsBackTheSame()
        => Property.Holds(from day in Gen.Choose(0, DateOnly.MaxValue.DayNumber)
                          from millisecond in Gen.Choose(0, 86_399_999)
                          select DateOnly.FromDayNumber(day).ToDateTime(default, DateTimeKind.Utc).AddMilliseconds(millisecond), time => AssertRoundTrip("dateTime", time), runs: 1000);

    [Fact]
    public void ToInvariant_AnyId_ReadsBackTheSame()
        => Property.Holds(Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b), 16).Select(b => new Guid(b)), id => AssertRoundTrip("lookUp", id));

    [Theory]
    [InlineData("text")]
    [InlineData("longText")]
    [InlineData("email")]
    [InlineData("phone")]
    [InlineData("url")]
    [InlineData("autoNumber")]
    [InlineData("tags")]
    [InlineData("emails")]
    [InlineData("address")]
    [InlineData("richText")]
    [InlineData("json")]
    public void Parse_AnyTextOnceParsed_ReadsBackTheSame(string kind)
        => Property.Holds(Property.Text, text =>
        {
            var parsed = Kinds.Find(kind)!.Parse(Samples[kind], text, Context());
            if (parsed is { Error: null, Value: not null })
                AssertRoundTrip(kind, parsed.Value!);
        }, runs: 1000);

    [Fact]
    public void Parse_AnyText_NeverThrows()
        => Property.Holds(Property.Text, text =>
        {
            foreach (var kind in Kinds.All)
            {
                var parsed = kind.Parse(Samples[kind.Name], text, Context());
                Assert.True(parsed.Error is null || parsed.Value is null);
                if (parsed.Value is { } value and not UnboundValue && kind.Validate(Samples[kind.Name], value) is null)
                    kind.ToColumns(Samples[kind.Name], value);
            }
        }, runs: 1000);

    [Fact]
    public void FromColumns_WhatToColumnsGave_IsTheValue()
    {
        foreach (var (kind, text) in new[] { ("text", "中文"), ("number", "1.5"), ("money", "1.5 USD"), ("yesNo", "no"), ("date", "2026-03-31"), ("dateTime", "2026-03-31T10:00Z"), ("phone", "13800138000"),
            ("tags", "a; 中"), ("multiPickList", "web; a\\;b"), ("emails", "a@example.com; home: b@example.com"), ("phones", "13800138000"), ("richText", "<p>x</p>"), ("percent", "2.5"), ("rating", "3"), ("duration", "1h"), ("json", "[1]") })
        {
            var (field, value) = (Samples[kind], Good(kind, text));
            var columns = Kinds.Of(field).Columns(field).Zip(Kinds.Of(field).ToColumns(field, value)).Where(c => !c.First.IsKey).Select(c => c.Second).ToArray();
            Assert.Equal(value, Kinds.Of(field).FromColumns(field, columns));
        }
        var whole = Field.Number("count", "Count");
        Assert.Equal(7L, Kinds.Of(whole).ToColumns(whole, 7m)[0]);
        Assert.Equal(7m, Kinds.Of(whole).FromColumns(whole, [7L]));
    }

    private static Gen<decimal> Amounts => from high in Gen.Choose(-999_999_999, 999_999_999)
                                           from low in Gen.Choose(0, 9999)
                                           select (high * 100m) + (low / 10_000m);

    private static ParseContext Context() => new(CultureInfo.InvariantCulture, Shanghai, "CNY", "CN", Now, NoLocalizer.Instance);

    private static object Good(string kind, string text)
    {
        var parsed = Kinds.Find(kind)!.Parse(Samples[kind], text, Context());
        Assert.Null(parsed.Error?.ToString());
        Assert.Null(Kinds.Find(kind)!.Validate(Samples[kind], parsed.Value!)?.ToString());
        return parsed.Value!;
    }

    private static Message? Error(FieldDefinition field, string text)
    {
        var parsed = Kinds.Of(field).Parse(field, text, Context());
        return parsed.Error ?? Kinds.Of(field).Validate(field, parsed.Value!);
    }

    private static void AssertRoundTrip(string kind, object value)
    {
        var parsed = Kinds.Find(kind)!.Parse(Samples[kind], Kinds.Find(kind)!.ToInvariant(Samples[kind], value), Context());
        Assert.Null(parsed.Error?.ToString());
        Assert.Equal(value, parsed.Value);
    }
}
