using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using static Crm.Tests.Fields.KindSamples;

namespace Crm.Tests.Fields;

/// <summary>How values stand in forms, on pages and in filters.</summary>
public sealed class FormTests
{
    [Theory]
    [InlineData("+8613800138000", "CN", "138 0013 8000")]
    [InlineData("+16502530000", "CN", "+1 650-253-0000")]
    [InlineData("+16502530000", "US", "(650) 253-0000")]
    public void Format_Phone_IsNationalAtHome(string value, string region, string expected)
        => Assert.Equal(expected, Kinds.Find("phone")!.Format(Samples["phone"], value, new FormatContext(CultureInfo.InvariantCulture, Shanghai, region, NoLocalizer.Instance)));

    [Theory]
    [InlineData("2026-11", "en-US", "November 2026")]
    [InlineData("2026-11-17", "zh-CN", "2026年11月")]
    [InlineData("2026年11月", "de-DE", "November 2026")]
    [InlineData("November 2026", "en-US", "November 2026")]
    [InlineData("@today", "zh-CN", "2026年4月")]
    public void Format_Month_IsAMonthOfWhichTheFirstIsKept(string text, string culture, string expected)
    {
        var (kind, field, invariant) = (Kinds.Find("date")!, Field.Month("month", "Month"), Context() with { Culture = CultureInfo.GetCultureInfo(culture) });
        var context = new FormatContext(CultureInfo.GetCultureInfo(culture), Shanghai, "CN", NoLocalizer.Instance);
        var value = kind.Parse(field, text, invariant).Value!;
        Assert.Equal(expected, kind.Format(field, value, context));
        Assert.EndsWith("-01", kind.ToInvariant(field, value), StringComparison.Ordinal);
        Assert.Equal(value, kind.Parse(field, kind.ToForm(field, value, context)[0], Context()).Value);
        Assert.Equal(value, kind.Clean(field, ((DateOnly)value).AddDays(20)));
        foreach (var unclear in new[] { "2026-13", "Nov-25", "11/25" })
            Assert.Equal("Month must be a month such as 2026-03", kind.Parse(field, unclear, invariant).Error?.ToString());
    }

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
    public void Next_AutoNumber_FillsUpWithZerosAndGrowsBeyond()
    {
        Assert.Equal("C000042", AutoNumberField.Next(Samples["autoNumber"], 42));
        Assert.Equal("C1234567", AutoNumberField.Next(Samples["autoNumber"], 1_234_567));
    }
}
