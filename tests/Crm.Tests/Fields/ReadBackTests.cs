using Crm.Platform.Content;
using Crm.Platform.Fields;
using FsCheck;
using FsCheck.Fluent;
using static Crm.Tests.Fields.KindSamples;

namespace Crm.Tests.Fields;

/// <summary>What is written reads back the same, whatever it is.</summary>
public sealed class ReadBackTests
{
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

    private static void AssertRoundTrip(string kind, object value)
    {
        var parsed = Kinds.Find(kind)!.Parse(Samples[kind], Kinds.Find(kind)!.ToInvariant(Samples[kind], value), Context());
        Assert.Null(parsed.Error?.ToString());
        Assert.Equal(value, parsed.Value);
    }
}
