using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using static Crm.Tests.Fields.KindSamples;

namespace Crm.Tests.Fields;

/// <summary>What a value and a definition may be.</summary>
public sealed class LimitTests
{
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
}
