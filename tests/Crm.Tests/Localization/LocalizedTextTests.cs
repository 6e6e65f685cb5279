using System.Globalization;
using System.Text.Json;
using Crm.Platform.Localization;
using FsCheck.Fluent;
using Microsoft.Extensions.Localization;

namespace Crm.Tests.Localization;

public sealed class LocalizedTextTests
{
    [Theory]
    [InlineData("\"Customer\"", "Customer", null)]
    [InlineData("""{"en":"Customer","zh-CN":"客户"}""", "Customer", "客户")]
    [InlineData("""{"zh-CN":"客户"}""", "客户", "客户")]
    [InlineData("""{"en":"Customer"}""", "Customer", null)]
    [InlineData("""{"en":"Customer","zh-CN":null}""", "Customer", null)]
    public void Deserialize_TextOrTexts_GivesBothLanguages(string json, string en, string? zh)
        => Assert.Equal(new LocalizedText(en, zh), JsonSerializer.Deserialize<LocalizedText>(json));

    [Theory]
    [InlineData("{}")]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("""{"fr":"Client"}""")]
    [InlineData("""{"en":1}""")]
    public void Deserialize_NoText_IsRefused(string json)
        => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<LocalizedText>(json));

    [Fact]
    public void Deserialize_Null_IsNull() => Assert.Null(JsonSerializer.Deserialize<LocalizedText>("null"));

    [Fact]
    public void Serialize_EnglishAlone_IsAString() => Assert.Equal("\"Customer\"", JsonSerializer.Serialize<LocalizedText>("Customer"));

    [Fact]
    public void Serialize_AnyText_ReadsBackTheSame()
        => Property.Holds(
            from en in Property.Text.Where(IsWhole) from zh in Property.Text.Where(IsWhole) from both in Gen.Elements(true, false) select new LocalizedText(en, both ? zh : null),
            text => Assert.Equal(text, JsonSerializer.Deserialize<LocalizedText>(JsonSerializer.Serialize(text))));

    [Theory]
    [InlineData("en", "客户", "Customer")]
    [InlineData("zh-CN", "客户", "客户")]
    [InlineData("zh-Hans", "客户", "客户")]
    [InlineData("zh-CN", "", "Customer")]
    [InlineData("zh-CN", null, "[Customer]")]
    [InlineData("en", null, "[Customer]")]
    public void For_Culture_PrefersItsOwnTextAndAsksTheLocalizerOnlyForCodesTexts(string culture, string? zh, string expected)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            Assert.Equal(expected, new LocalizedText("Customer", zh).For(new Brackets()));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Theory]
    [InlineData("customer", true)]
    [InlineData("客户", true)]
    [InlineData("Client", false)]
    public void Matches_TextInEitherLanguage_IgnoresCase(string typed, bool expected)
        => Assert.Equal(expected, new LocalizedText("Customer", "客户").Matches(typed, new Brackets()));

    [Fact]
    public void For_MessageWithLocalizedArgument_LocalizesBoth()
        => Assert.Equal("[[Customer] has no field x]", new Message("{0} has no field {1}", new LocalizedText("Customer"), "x").For(new Brackets()));

    [Fact]
    public void ToString_MessageWithBracesAndNoArguments_IsTheText()
    {
        var message = new Message("such as C{000000}");
        Assert.Equal("such as C{000000}", message.ToString());
        Assert.Equal("[such as C{000000}]", message.For(new Brackets()));
    }

    [Fact]
    public void ToString_MessageWithBracesInAnArgument_KeepsThem()
        => Assert.Equal("no option {0}", new Message("no option {0}", "{0}").ToString());

    /// <summary>JSON cannot carry half a surrogate pair.</summary>
    private static bool IsWhole(string text) => !text.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar);

    private sealed class Brackets : IStringLocalizer
    {
        public LocalizedString this[string name] => new(name, $"[{name}]");

        public LocalizedString this[string name, params object[] arguments] => new(name, string.Format(CultureInfo.InvariantCulture, $"[{name}]", arguments));

        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
    }
}
