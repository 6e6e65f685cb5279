using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

internal sealed class NumberField : NumberKind
{
    public override string Name => "number";

    public override LocalizedText Label => "Number";
}

/// <summary>A number in one column: a whole one where there are no decimals.</summary>
internal abstract class NumberKind : FieldKind
{
    private static readonly KindColumn[] Whole = [new("", ColumnType.Integer)];
    private static readonly KindColumn[] Fraction = [new("", ColumnType.Decimal)];

    public override Type ValueType => typeof(decimal);

    public override bool IsNumeric => true;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Ordered;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => field.Decimals == 0 ? Whole : Fraction;

    public override string FormatKey(FieldDefinition field, object key, FormatContext context)
        => Format(field, Convert.ToDecimal(key, CultureInfo.InvariantCulture), context);

    public override object?[] ToColumns(FieldDefinition field, object? value)
        => [value is decimal number && field.Decimals == 0 ? (object)(long)number : value];

    public override object? FromColumns(FieldDefinition field, ReadOnlySpan<object?> columns)
        => columns[0] is long whole ? (decimal)whole : columns[0];

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => Numbers.TryParse(text, context.Culture, out var number)
            ? FieldParse.Ok(number)
            : FieldParse.Fail("{0} must be a number such as {1}", field.Label, (field.Decimals == 0 ? 1234m : 1234.5m).ToString("#,0.#", context.Culture));

    public override Message? Validate(FieldDefinition field, object value) => Numbers.Validate(field, (decimal)value);

    public override Message? ValidateDefinition(FieldDefinition field) => Numbers.ValidateDefinition(field);

    public override string ToInvariant(FieldDefinition field, object value) => Numbers.ToInvariant((decimal)value);

    public override string Format(FieldDefinition field, object value, FormatContext context)
        => ((decimal)value).ToString($"N{field.Decimals}", context.Culture);

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => [Format(field, value, context)];
}

/// <summary>An amount and the ISO 4217 code of its currency.</summary>
public readonly record struct Money(decimal Amount, string Currency)
{
    public override string ToString() => $"{Numbers.ToInvariant(Amount)} {Currency}";
}

internal sealed class MoneyField : FieldKind
{
    private static readonly KindColumn[] MoneyColumns = [new("", ColumnType.Decimal), new("_currency", ColumnType.Text)];

    public override string Name => "money";

    public override LocalizedText Label => "Money";

    public override Type ValueType => typeof(Money);

    public override bool IsNumeric => true;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Ordered;

    public override IReadOnlyList<string> Parts => ["", "Currency"];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => MoneyColumns;

    public override object?[] ToColumns(FieldDefinition field, object? value)
        => value is Money money ? [money.Amount, money.Currency] : [null, null];

    public override object? FromColumns(FieldDefinition field, ReadOnlySpan<object?> columns)
        => columns[0] is decimal amount ? new Money(amount, columns[1] as string ?? "") : null;

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is Money money ? money.Amount : value;

    public override string? JoinParts(IReadOnlyList<string?> parts)
        => string.IsNullOrWhiteSpace(parts[0]) || string.IsNullOrWhiteSpace(parts[1]) ? parts[0] : $"{parts[0]} {parts[1]}";

    public override IReadOnlyList<string> SplitParts(FieldDefinition field, object value)
        => [Numbers.ToInvariant(((Money)value).Amount), ((Money)value).Currency];

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = Narrow(text.Trim());
        var currency = context.Currency;
        if (trimmed.Length > 3 && IsCode(trimmed.AsSpan(trimmed.Length - 3)) && !char.IsLetter(trimmed[^4]))
            (trimmed, currency) = (trimmed[..^3], trimmed[^3..]);
        else if (trimmed.Length > 3 && IsCode(trimmed.AsSpan(0, 3)) && !char.IsLetter(trimmed[3]))
            (trimmed, currency) = (trimmed[3..], trimmed[..3]);
        return Numbers.TryParse(trimmed, context.Culture, out var amount)
            ? FieldParse.Ok(new Money(amount, currency.ToUpperInvariant()))
            : FieldParse.Fail("{0} must be an amount such as {1}, or {1} {2} with a currency code", field.Label, 1234.5m.ToString("0.00", context.Culture), context.Currency);
    }

    public override Message? Validate(FieldDefinition field, object value)
    {
        var money = (Money)value;
        if (!Currencies.IsKnown(money.Currency))
            return new("{0} is not a currency code", money.Currency);
        return Numbers.Validate(field, money.Amount);
    }

    public override Message? ValidateDefinition(FieldDefinition field) => Numbers.ValidateDefinition(field);

    public override string ToInvariant(FieldDefinition field, object value) => ((Money)value).ToString();

    public override string Format(FieldDefinition field, object value, FormatContext context)
    {
        var money = (Money)value;
        return $"{Currencies.Symbol(money.Currency)}{money.Amount.ToString($"N{field.Decimals}", context.Culture)}";
    }

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context)
        => [((Money)value).Amount.ToString($"N{field.Decimals}", context.Culture), ((Money)value).Currency];

    private static bool IsCode(ReadOnlySpan<char> text) => text.Length == 3 && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1]) && char.IsAsciiLetter(text[2]);
}

/// <summary>ISO 4217 codes that the framework's regions use.</summary>
public static class Currencies
{
    private static readonly Dictionary<string, string> Symbols = Load();

    public static IEnumerable<string> All => Symbols.Keys.Order(StringComparer.Ordinal);

    public static bool IsKnown(string code) => Symbols.ContainsKey(code);

    /// <summary>A sign that is not ambiguous, or the code and a blank.</summary>
    public static string Symbol(string code) => code switch
    {
        "CNY" => "¥",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => $"{code} ",
    };

    private static Dictionary<string, string> Load()
    {
        var symbols = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            var region = new RegionInfo(culture.Name);
            if (region.ISOCurrencySymbol is { Length: 3 } code && code.All(char.IsAsciiLetterUpper) && code != "XXX" && code != "XDR")
                symbols.TryAdd(code, region.CurrencySymbol);
        }
        foreach (var code in new[] { "CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "SGD" })
            symbols.TryAdd(code, code);
        return symbols;
    }
}

internal static class Numbers
{
    private const decimal Largest = 99_999_999_999_999m;

    /// <summary>A separator of groups has to stand where the culture puts it: "1,5" is not fifteen but somebody else's one and a half.</summary>
    public static bool TryParse(string text, CultureInfo culture, out decimal number)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite | NumberStyles.AllowLeadingSign
            | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowExponent;
        var narrow = FieldKind.Narrow(text);
        return decimal.TryParse(narrow, styles, culture, out number)
            && (decimal.TryParse(narrow, styles & ~NumberStyles.AllowThousands, culture, out _) || IsGrouped(narrow, number, culture));
    }

    /// <summary>Whether the whole part is written just as the culture would; blanks between groups are of several widths.</summary>
    private static bool IsGrouped(string text, decimal number, CultureInfo culture)
    {
        var written = decimal.Truncate(Math.Abs(number)).ToString("#,0", culture);
        var digits = text.Trim().TrimStart('+', '-').TrimStart();
        return digits.Length >= written.Length
            && written.Zip(digits).All(c => c.First == c.Second || (char.IsWhiteSpace(c.First) && char.IsWhiteSpace(c.Second)))
            && (digits.Length == written.Length || digits.AsSpan(written.Length).StartsWith(culture.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal));
    }

    public static string ToInvariant(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    public static Message? ValidateDefinition(FieldDefinition field)
    {
        if (field.Decimals is < 0 or > 4)
            return new("Decimals must be between {0} and {1}", 0, 4);
        // Beyond these a whole number's column overflows.
        if (field.Min < -Largest || field.Max > Largest)
            return new("The limits must be between {0} and {1}", ToInvariant(-Largest), ToInvariant(Largest));
        return field.Min > field.Max ? new("The lower limit {0} is above the upper limit {1}", ToInvariant(field.Min.Value), ToInvariant(field.Max.Value)) : null;
    }

    public static Message? Validate(FieldDefinition field, decimal number)
    {
        if (decimal.Round(number, field.Decimals) != number)
            return field.Decimals == 0
                ? new("{0} must be a whole number", field.Label)
                : new("{0} may have at most {1} decimals", field.Label, field.Decimals);
        var min = field.Min ?? -Largest;
        var max = field.Max ?? Largest;
        return number >= min && number <= max ? null : (field.Min, field.Max) switch
        {
            (not null, null) when number < min => new("{0} must be {1} or more", field.Label, ToInvariant(min)),
            (null, not null) when number > max => new("{0} must be {1} or less", field.Label, ToInvariant(max)),
            _ => new("{0} must be between {1} and {2}", field.Label, ToInvariant(min), ToInvariant(max)),
        };
    }
}

internal sealed class YesNoField : FieldKind
{
    private static readonly KindColumn[] YesNoColumns = [new("", ColumnType.Boolean)];
    private static readonly string[] Yes = ["true", "yes", "y", "1", "on", "是", "对", "√"];
    private static readonly string[] No = ["false", "no", "n", "0", "off", "否", "不", "×"];

    public override string Name => "yesNo";

    public override LocalizedText Label => "Yes or no";

    public override Type ValueType => typeof(bool);

    public override bool CanBeUnique => false;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Equality;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => YesNoColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = text.Trim();
        if (Yes.Contains(trimmed, StringComparer.OrdinalIgnoreCase))
            return FieldParse.Ok(true);
        if (No.Contains(trimmed, StringComparer.OrdinalIgnoreCase))
            return FieldParse.Ok(false);
        return FieldParse.Fail("{0} must be yes or no", field.Label);
    }

    public override string ToInvariant(FieldDefinition field, object value) => (bool)value ? "true" : "false";

    public override string Format(FieldDefinition field, object value, FormatContext context)
        => (bool)value ? context.Localizer["Yes"] : context.Localizer["No"];
}

internal sealed partial class DateField : FieldKind
{
    private static readonly KindColumn[] DateColumns = [new("", ColumnType.Date)];
    private static readonly string[] Days = ["yyyy-MM-dd", "yyyy/M/d", "yyyy年M月d日"];
    private static readonly string[] Months = ["yyyy-MM", "yyyy/M", "yyyy年M月"];

    public override string Name => "date";

    public override LocalizedText Label => "Date";

    public override Type ValueType => typeof(DateOnly);

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Ordered;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => DateColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = Narrow(text.Trim());
        if (RelativeDates.ToDate(trimmed, context) is { } relative)
            return Ok(field, relative);
        return DateOnly.TryParseExact(trimmed, IsMonth(field) ? [.. Days, .. Months] : Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            // "Nov-25" is a month of 2025 to people and the 25th to the framework.
            || (!context.Culture.Equals(CultureInfo.InvariantCulture) && (!IsMonth(field) || Year().IsMatch(trimmed)) && DateOnly.TryParse(trimmed, context.Culture, out date))
            ? Ok(field, date)
            : FieldParse.Fail(IsMonth(field) ? "{0} must be a month such as 2026-03" : "{0} must be a date such as 2026-03-31", field.Label);
    }

    public override object? Clean(FieldDefinition field, object value) => IsMonth(field) ? FirstOfMonth((DateOnly)value) : value;

    public override Message? Validate(FieldDefinition field, object value) => DateLimits.Validate(field, ToInvariant(field, value), limit => limit);

    public override Message? ValidateDefinition(FieldDefinition field) => DateLimits.ValidateDefinition(field, Days[0]);

    public override string ToInvariant(FieldDefinition field, object value) => ((DateOnly)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public override string Format(FieldDefinition field, object value, FormatContext context)
        => ((DateOnly)value).ToString(IsMonth(field) ? "Y" : "d", context.Culture);

    /// <summary>What <c>date</c> or <c>month</c> takes.</summary>
    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context)
        => [ToInvariant(field, value)[..(IsMonth(field) ? 7 : 10)]];

    internal static bool IsMonth(FieldDefinition field) => field.Precision == DatePrecision.Month;

    private static FieldParse Ok(FieldDefinition field, DateOnly date) => FieldParse.Ok(IsMonth(field) ? FirstOfMonth(date) : date);

    private static DateOnly FirstOfMonth(DateOnly date) => new(date.Year, date.Month, 1);

    [GeneratedRegex("[0-9]{4}")]
    private static partial Regex Year();
}

internal sealed class DateTimeField : FieldKind
{
    private static readonly KindColumn[] DateTimeColumns = [new("", ColumnType.DateTime)];
    private const string Invariant = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly string[] Exact = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
    private static readonly string[] Local = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy/M/d H:mm", "yyyy/M/d H:mm:ss", "yyyy-MM-dd"];

    public override string Name => "dateTime";

    public override LocalizedText Label => "Date and time";

    public override Type ValueType => typeof(DateTime);

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Ordered;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => DateTimeColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = Narrow(text.Trim());
        if (RelativeDates.ToMoment(trimmed, context) is { } relative)
            return FieldParse.Ok(relative);
        if (DateTime.TryParseExact(trimmed, Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return context.TimeZone.IsInvalidTime(local)
                ? FieldParse.Fail("{0} does not exist on that day: the clocks are put forward", field.Label)
                : FieldParse.Ok(Truncate(TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), context.TimeZone)));
        // Without an offset a time is the user's, with or without a fraction: that is handled above.
        if (DateTimeOffset.TryParseExact(trimmed, Exact, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var exact))
            return FieldParse.Ok(Truncate(exact.UtcDateTime));
        return FieldParse.Fail("{0} must be a date and time such as 2026-03-31 14:30", field.Label);
    }

    public override Message? Validate(FieldDefinition field, object value) => DateLimits.Validate(field, ToInvariant(field, value), Shown);

    public override Message? ValidateDefinition(FieldDefinition field) => DateLimits.ValidateDefinition(field, Invariant);

    public override string ToInvariant(FieldDefinition field, object value)
        => ((DateTime)value).ToString(Invariant, CultureInfo.InvariantCulture);

    /// <summary>A limit is one moment for all readers, whatever their zones.</summary>
    private static string Shown(string limit) => $"{limit[..10]} {limit[11..16]} UTC";

    public override string Format(FieldDefinition field, object value, FormatContext context)
        => TimeZoneInfo.ConvertTimeFromUtc((DateTime)value, context.TimeZone).ToString("g", context.Culture);

    /// <summary>What <c>datetime-local</c> takes: the user's zone, and no more than minutes where there is no more.</summary>
    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc((DateTime)value, context.TimeZone);
        var format = local.Millisecond > 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff" : local.Second > 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm";
        return [local.ToString(format, CultureInfo.InvariantCulture)];
    }

    internal static DateTime Truncate(DateTime utc) => new(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
}
