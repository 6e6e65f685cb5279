using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Localization;
using static Crm.Tests.Fields.KindSamples;

namespace Crm.Tests.Fields;

/// <summary>What a value and a definition may be.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData("text")]
    [InlineData("longText")]
    public void Validate_TextOverTheLimitOfItsField_SaysTheLimit(string kind)
        => Assert.Equal($"{Samples[kind].Label} may have at most 3 characters; this has 4", Error(Samples[kind] with { MaxLength = 3 }, "abcd")?.ToString());

    [Fact]
    public void Validate_FileOverTheLimitsOfItsField_SaysThem()
    {
        var field = Samples["file"] with { Max = 1, FileTypes = ["pdf", "docx"] };
        Assert.Null(Error(field, File("a.PDF", 1 << 20)));
        Assert.Equal("Contract may have at most 1 MB; this has 2", Error(field, File("a.pdf", 2 << 20))?.ToString());
        Assert.Equal("Contract must be a file of type pdf, docx", Error(field, File("a.pdf.txt", 1))?.ToString());

        static string File(string name, long size) => new StoredFile(Guid.Parse("0198c1c2-0000-7000-8000-00000000000a"), name, "application/pdf", size).Write();
    }

    /// <summary>What is just within the limits of a kind, what is just beyond, and the end of what is said about that.</summary>
    public static TheoryData<string, string, string, string> Limits
    {
        get
        {
            var ids = Enumerable.Range(1, 101).Select(i => $"0198c1c2-0000-7000-8000-{i:D12}").ToList();
            return new()
            {
                { "text", Words(255), Words(256), "may have at most 255 characters; this has 256" },
                { "longText", Words(20_000), Words(20_001), "may have at most 20000 characters; this has 20001" },
                { "richText", $"<p>{Words(49_993)}</p>", $"<p>{Words(49_994)}</p>", "may have at most 50000 characters; this has 50001" },
                { "number", "-99999999999999", "-100000000000000", "must be between -99999999999999 and 99999999999999" },
                { "money", "99999999999999 EUR", "99999999999999.01 EUR", "must be between -99999999999999 and 99999999999999" },
                { "percent", "99999999999999%", "100000000000000%", "must be between -99999999999999 and 99999999999999" },
                { "rating", "5", "6", "must be a number of stars from 1 to 5" },
                { "rating", "1", "0", "must be a number of stars from 1 to 5" },
                { "duration", "87840h", "87840h 1m", "must be between 0m and 87840h" },
                { "date", "9999-12-31", "10000-01-01", "must be a date such as 2026-03-31" },
                { "dateTime", "9999-12-31T23:59Z", "10000-01-01T00:00Z", "must be a date and time such as 2026-03-31 14:30" },
                { "pickList", "won", "won;lost", "has no option “won;lost”" },
                { "multiPickList", "won; lost", "won; lost; draw", "has no option “draw”" },
                { "tags", string.Join(';', Numbered(50)), string.Join(';', Numbered(51)), "may have at most 50 values; this has 51" },
                { "tags", Words(50), Words(51), "may have at most 50 characters; this has 51" },
                { "email", Mail(254), Mail(255), "may have at most 254 characters; this has 255" },
                { "emails", string.Join(';', Numbered(20).Select(n => $"{n}@example.com")), string.Join(';', Numbered(21).Select(n => $"{n}@example.com")), "may have at most 20 values; this has 21" },
                { "emails", Mail(254), Mail(255), "is no e-mail address such as name@example.com" },
                { "phone", "+86 138 0013 8000", "+86 138 0013 8000 0000", "must be a phone number, with + and the country code if it is abroad" },
                { "phones", string.Join(';', Enumerable.Range(100, 20).Select(n => $"+86 138 0013 8{n}")), string.Join(';', Enumerable.Range(100, 21).Select(n => $"+86 138 0013 8{n}")), "may have at most 20 values; this has 21" },
                { "url", $"https://example.com/{new string('a', 780)}", $"https://example.com/{new string('a', 781)}", "may have at most 800 characters; this has 801" },
                { "json", $"\"{new string('a', 65_534)}\"", $"\"{new string('a', 65_535)}\"", "may have at most 64 KB" },
                { "json", $"\"{new string('中', 21_844)}aa\"", $"\"{new string('中', 21_845)}\"", "may have at most 64 KB" },
                { "json", $"{new string('[', 32)}{new string(']', 32)}", $"{new string('[', 33)}{new string(']', 33)}", "may be nested 32 deep at most" },
                { "address", Street(300), Street(301), "may have at most 300 characters; this has 301" },
                { "address", Part("city", 100), Part("city", 101), "may have at most 100 characters; this has 101" },
                { "address", Part("region", 100), Part("region", 101), "may have at most 100 characters; this has 101" },
                { "address", Part("district", 100), Part("district", 101), "may have at most 100 characters; this has 101" },
                { "address", Part("postalCode", 20), Part("postalCode", 21), "may have at most 20 characters; this has 21" },
                { "lookUps", string.Join(';', ids.Take(100)), string.Join(';', ids), "may have at most 100 values; this has 101" },
                { "file", Stored("a.pdf", 25 << 20), Stored("a.pdf", (25 << 20) + 1), "may have at most 25 MB; this has 25.0" },
                { "image", Stored("a.png", 25 << 20), Stored("a.png", (25 << 20) + 1), "may have at most 25 MB; this has 25.0" },
                { "image", Stored("a.png", 1), Stored("a.svg", 1), "must be a picture: PNG, JPEG, GIF or WebP" },
            };

            static string Words(int length) => new('中', length);

            static IEnumerable<string> Numbered(int count) => Enumerable.Range(1, count).Select(i => $"n{i}");

            static string Mail(int length) => new string('a', length - 12) + "@example.com";

            static string Street(int length) => new('a', length);

            static string Part(string name, int length) => $"{{\"street\":\"a\",\"{name}\":\"{new string('a', length)}\"}}";

            static string Stored(string name, long size)
                => new StoredFile(Guid.Parse("0198c1c2-0000-7000-8000-00000000000a"), name, name.EndsWith("png", StringComparison.Ordinal) ? "image/png" : "application/octet-stream", size).Write();
        }
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Validate_AtItsLimitAndBeyond_TakesTheOneAndSaysTheLimitToTheOther(string kind, string within, string beyond, string message)
    {
        var field = kind == "multiPickList" ? Samples[kind] with { Options = Samples["pickList"].Options } : Samples[kind];
        Assert.Null(Error(field, within)?.ToString());
        Assert.EndsWith(message, Error(field, beyond)?.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A kind without a limit is one whose values cannot be too long, too many or too large.</summary>
    [Fact]
    public void Limits_OfAllKinds_AreThere()
        => Assert.Equal(Kinds.All.Select(k => k.Name).Except(["yesNo", "lookUp", "user", "team", "record", "id", "autoNumber", "message"]).Order(), Limits.Select(r => (string)((ITheoryDataRow)r).GetData()[0]!).Distinct().Order());

    [Theory]
    [InlineData("date", "2026-01-01", "2026-12-31", "2026-01-01", "2025-12-31", "Founded must be between 2026-01-01 and 2026-12-31")]
    [InlineData("date", null, "2026-12-31", "2026-12-31", "2027-01-01", "Founded must be 2026-12-31 or earlier")]
    [InlineData("dateTime", "2026-01-01T00:00:00.000Z", null, "2026-01-01 08:00", "2026-01-01 07:59", "Due must be 2026-01-01 00:00 UTC or later")]
    public void Validate_DateWithLimits_KeepsThem(string kind, string? earliest, string? latest, string within, string beyond, string message)
    {
        var field = Samples[kind] with { Earliest = earliest, Latest = latest };
        Assert.Null(Kinds.Of(field).ValidateDefinition(field));
        Assert.Null(Error(field, within));
        Assert.Equal(message, Error(field, beyond)?.ToString());
        Assert.Contains("is no limit of", Kinds.Of(field).ValidateDefinition(field with { Earliest = "1.1.2026" })!.ToString(), StringComparison.Ordinal);
        var (first, last) = kind == "date" ? ("2026-01-01", "2026-01-02") : ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z");
        Assert.Null(Kinds.Of(field).ValidateDefinition(field with { Earliest = first, Latest = last }));
        Assert.Contains("above the upper limit", Kinds.Of(field).ValidateDefinition(field with { Earliest = last, Latest = first })!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_DurationWithLimits_SaysThemAsTheyAreTyped()
    {
        var field = Samples["duration"] with { Min = 15, Max = 510 };
        Assert.Null(Kinds.Of(field).ValidateDefinition(field));
        Assert.Null(Error(field, "15"));
        Assert.Null(Error(field, "8h 30m"));
        Assert.Equal("Effort must be between 15m and 8h 30m", Error(field, "14")?.ToString());
        Assert.Equal("The limits must be between 0m and 87840h", Kinds.Of(field).ValidateDefinition(field with { Min = -1 })?.ToString());
        Assert.Contains("above the upper limit", Kinds.Of(field).ValidateDefinition(field with { Min = 600 })!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("100", true)]
    [InlineData("-1", false)]
    [InlineData("101", false)]
    public void Validate_NumberWithLimits_KeepsThem(string text, bool ok)
        => Assert.Equal(ok, Error(Field.Number("percent", "Percent") with { Min = 0, Max = 100 }, text) is null);

    [Fact]
    public void Validate_NumberWithOneLimit_SaysThatOne()
    {
        Assert.Equal("Staff must be 0 or more", Error(Field.Number("staff", "Staff") with { Min = 0 }, "-1")?.ToString());
        Assert.Equal("Staff must be 9 or less", Error(Field.Number("staff", "Staff") with { Max = 9 }, "10")?.ToString());
    }

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
