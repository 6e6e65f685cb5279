using System.Globalization;
using Crm.Platform.Fields;
using static Crm.Tests.Fields.KindSamples;

namespace Crm.Tests.Fields;

/// <summary>What each kind takes from people, files and programs, and what it says to the rest.</summary>
public sealed class ParseTests
{
    [Theory]
    [InlineData("text", "  Größe 微软 'x' & 50%  ", "Größe 微软 'x' & 50%")]
    [InlineData("text", "a < b", "a < b")]
    [InlineData("text", "　微软　", "微软")]
    [InlineData("longText", " a\r\nb\rc ", "a\nb\nc")]
    [InlineData("message", "[\"{0} is gone\",\"A\"]", "[\"{0} is gone\",\"A\"]")]
    [InlineData("number", " -1234.5 ", "-1234.5")]
    [InlineData("number", "1,234,567", "1234567")]
    [InlineData("number", " -1,234.5", "-1234.5")]
    [InlineData("number", "－１，２３４．５０", "-1234.5")]
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
    [InlineData("richText", "Hello <b>you</b><p><ul><li>later</li></ul></p>", "Hello <b>you</b><ul><li>later</li></ul>")]
    [InlineData("richText", "<p></p>a<p></p>b<p>c</p><p></p><p></p>", "a<p></p>b<p>c</p>")]
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

    [Fact]
    public void Samples_OfAllKinds_AreThere() => Assert.Equal(Kinds.All.Select(k => k.Name).Order(), Samples.Keys.Order());

    [Theory]
    [InlineData("text", "<script>alert(1)</script>", "Name must not contain HTML or script")]
    [InlineData("text", "<img src=x>", "Name must not contain HTML or script")]
    [InlineData("text", "</b>", "Name must not contain HTML or script")]
    [InlineData("text", "a\tb", "Name must be one line without control characters")]
    [InlineData("text", "a\nb", "Name must be one line without control characters")]
    [InlineData("longText", "a\u0007b", "Notes must not contain control characters")]
    [InlineData("number", "twelve", "Size must be a number such as 1,234.5")]
    [InlineData("number", "1.2.3", "Size must be a number such as 1,234.5")]
    [InlineData("number", "5²", "Size must be a number such as 1,234.5")]
    [InlineData("number", "NaN", "Size must be a number such as 1,234.5")]
    [InlineData("number", "1e99", "Size must be a number such as 1,234.5")]
    [InlineData("number", "1,5", "Size must be a number such as 1,234.5")]
    [InlineData("number", "1234,56", "Size must be a number such as 1,234.5")]
    [InlineData("number", "12,34,567", "Size must be a number such as 1,234.5")]
    [InlineData("number", "1,234,5", "Size must be a number such as 1,234.5")]
    [InlineData("number", "1,234,", "Size must be a number such as 1,234.5")]
    [InlineData("number", "0,500", "Size must be a number such as 1,234.5")]
    [InlineData("money", "1.234,50 EUR", "Amount must be an amount such as 1234.50, or 1234.50 CNY with a currency code")]
    [InlineData("money", "99,9", "Amount must be an amount such as 1234.50, or 1234.50 CNY with a currency code")]
    [InlineData("percent", "12,5%", "Discount must be a percentage such as 12.5")]
    [InlineData("rating", "3,0", "Rating must be a number of stars from 1 to 5")]
    [InlineData("number", "0.00001", "Size may have at most 4 decimals")]
    [InlineData("number", "99999999999999.5", "Size must be between -99999999999999 and 99999999999999")]
    [InlineData("money", "USD", "Amount must be an amount such as 1234.50, or 1234.50 CNY with a currency code")]
    [InlineData("money", "12 USD EUR", "Amount must be an amount such as 1234.50, or 1234.50 CNY with a currency code")]
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
    [InlineData("duration", "-5", "Effort must be between 0m and 87840h")]
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
        Assert.Equal("Size must be a number such as 1.234,5", Kinds.Find("number")!.Parse(Samples["number"], "1.5", german).Error?.ToString());
        Assert.Equal(1234.5m, Kinds.Find("number")!.Parse(Samples["number"], "1 234,5", Context() with { Culture = CultureInfo.GetCultureInfo("fr-FR") }).Value);
        Assert.Equal(new DateOnly(2026, 3, 31), Kinds.Find("date")!.Parse(Samples["date"], "31.3.2026", german).Value);
    }
}
