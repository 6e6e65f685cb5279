using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>A part of a hundred, stored as it is said: 12.5 is 12.5%.</summary>
internal sealed class PercentField : NumberKind
{
    public override string Name => "percent";

    public override LocalizedText Label => "Percent";

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => Numbers.TryParse(Narrow(text).Trim().TrimEnd('%').TrimEnd(), context.Culture, out var number)
            ? FieldParse.Ok(number)
            : FieldParse.Fail("{0} must be a percentage such as {1}", field.Label, 12.5m.ToString(context.Culture));

    public override string Format(FieldDefinition field, object value, FormatContext context) => $"{base.Format(field, value, context)}%";

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => [base.Format(field, value, context)];
}

/// <summary>One to five stars.</summary>
internal sealed class RatingField : NumberKind
{
    public const int Most = 5;

    public override string Name => "rating";

    public override LocalizedText Label => "Rating";

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = Narrow(text).Trim();
        if (trimmed.Trim('★', '☆').Length == 0 && trimmed.Contains('★', StringComparison.Ordinal))
            return FieldParse.Ok((decimal)trimmed.Count(c => c == '★'));
        if (trimmed.EndsWith("/5", StringComparison.Ordinal))
            trimmed = trimmed[..^2];
        return Numbers.TryParse(trimmed, context.Culture, out var number) ? FieldParse.Ok(number) : FieldParse.Fail("{0} must be a number of stars from {1} to {2}", field.Label, 1, Most);
    }

    public override Message? Validate(FieldDefinition field, object value)
        => (decimal)value is >= 1 and <= Most and var stars && decimal.Floor(stars) == stars ? null : new("{0} must be a number of stars from {1} to {2}", field.Label, 1, Most);

    public override bool CanBeUnique => false;

    public override Message? ValidateDefinition(FieldDefinition field) => field.Decimals == 0 ? null : new("{0} must be a whole number", field.Label);

    public override string Format(FieldDefinition field, object value, FormatContext context) => context.Localizer["{0} of {1} stars", (int)(decimal)value, Most];

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => SplitParts(field, value);
}

/// <summary>A length of time in whole minutes, typed as <c>1h 30m</c>, <c>1:30</c> or <c>90</c>.</summary>
internal sealed partial class DurationField : NumberKind
{
    private const int MostMinutes = 60 * 24 * 3660;

    public override string Name => "duration";

    public override LocalizedText Label => "Duration";

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var match = Pattern().Match(Narrow(text).Trim());
        if (!match.Success)
            return FieldParse.Fail("{0} must be a length of time such as 1h 30m, 1:30 or 90 (minutes)", field.Label);
        var hours = decimal.Parse("0" + match.Groups["h"].Value, CultureInfo.InvariantCulture) + decimal.Parse("0" + match.Groups["c"].Value, CultureInfo.InvariantCulture);
        var minutes = decimal.Parse("0" + match.Groups["m"].Value, CultureInfo.InvariantCulture);
        var all = (match.Groups["minus"].Length > 0 ? -1 : 1) * ((hours * 60) + minutes);
        return decimal.Floor(all) == all ? FieldParse.Ok(decimal.Truncate(all)) : FieldParse.Fail("{0} must be whole minutes", field.Label);
    }

    public override Message? Validate(FieldDefinition field, object value)
    {
        var (minutes, min, max) = ((decimal)value, field.Min ?? 0, field.Max ?? MostMinutes);
        return minutes < min || minutes > max ? new("{0} must be between {1} and {2}", field.Label, Typed(min), Typed(max)) : base.Validate(field with { Min = null, Max = null }, value);
    }

    public override Message? ValidateDefinition(FieldDefinition field)
        => field.Min is < 0 or > MostMinutes || field.Max is < 0 or > MostMinutes ? new("The limits must be between {0} and {1}", Typed(0), Typed(MostMinutes)) : base.ValidateDefinition(field);

    public override string Format(FieldDefinition field, object value, FormatContext context)
    {
        var minutes = (long)(decimal)value;
        return minutes < 60 ? context.Localizer["{0} min", minutes]
            : minutes % 60 == 0 ? context.Localizer["{0} h", minutes / 60] : context.Localizer["{0} h {1} min", minutes / 60, minutes % 60];
    }

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => [Typed((decimal)value)];

    /// <summary>As people may type it.</summary>
    public static string Typed(decimal value)
        => (long)value is var minutes && minutes < 60 ? $"{minutes}m" : minutes % 60 == 0 ? $"{minutes / 60}h" : $"{minutes / 60}h {minutes % 60}m";

    [GeneratedRegex(@"^(?<minus>-)?(?:(?<c>\d{1,6}):(?<m>[0-5]?\d)|(?<h>\d{1,6}(?:\.\d{1,4})?)\s*(?:h|hours?|小时|时)(?:\s*(?<m>\d{1,8})\s*(?:m|min|minutes?|分钟?)?)?|(?<m>\d{1,8})\s*(?:m|min|minutes?|分钟?)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
