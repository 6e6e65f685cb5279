using System.Net.Mail;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>Short text in one line, kept beside a folded key that filters, sorts and unique checks use.</summary>
internal abstract partial class TextKind : FieldKind
{
    private static readonly KindColumn[] TextColumns = [new("", ColumnType.Text), new("_key", ColumnType.Text, IsKey: true)];

    public override Type ValueType => typeof(string);

    /// <summary>What still fits into an entry of an index: PostgreSQL's hold 2,704 bytes.</summary>
    protected const int Longest = 800;

    protected virtual int DefaultMaxLength => 255;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Textual;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => TextColumns;

    public override object?[] ToColumns(FieldDefinition field, object? value) => [value, value is string text ? Fold(text) : null];

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? Fold(text) : value;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context) => FieldParse.Ok(text.Trim());

    public override Message? Validate(FieldDefinition field, object value)
    {
        var text = (string)value;
        var max = field.MaxLength ?? DefaultMaxLength;
        if (text.Length > max)
            return new("{0} may have at most {1} characters; this has {2}", field.Label, max, text.Length);
        if (text.Any(char.IsControl))
            return new("{0} must be one line without control characters", field.Label);
        if (Markup().IsMatch(text))
            return new("{0} must not contain HTML or script", field.Label);
        return null;
    }

    public override Message? ValidateDefinition(FieldDefinition field)
        => field.MaxLength is < 1 or > Longest ? new("The longest text must be between {0} and {1} characters", 1, Longest) : null;

    /// <summary>What a browser reads as markup: a blank after the sign, as in "time &lt; two hours", makes it plain text.</summary>
    [GeneratedRegex(@"<[a-z!/?]|javascript\s*:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Markup();
}

internal sealed class TextField : TextKind
{
    public override string Name => "text";

    public override LocalizedText Label => "Text";
}

/// <summary>Address of one mailbox (RFC 5321 limits it to 254 characters).</summary>
internal sealed class EmailField : TextKind
{
    public override string Name => "email";

    public override LocalizedText Label => "E-mail";

    protected override int DefaultMaxLength => 254;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => EmailAddress.IsValid(text.Trim()) ? FieldParse.Ok(text.Trim()) : FieldParse.Fail("{0} must be an e-mail address such as name@example.com", field.Label);
}

/// <summary>What counts as an e-mail address, wherever one is given.</summary>
public static class EmailAddress
{
    /// <summary>One mailbox at a host that can be reached from elsewhere, without a name beside it.</summary>
    public static bool IsValid(string text) => MailAddress.TryCreate(text, out var address) && address.Address == text && Hosts.IsName(address.Host);
}

/// <summary>Stored in E.164 form, shown in the national form of the site's region.</summary>
internal sealed class PhoneField : TextKind
{
    public override string Name => "phone";

    public override LocalizedText Label => "Phone";

    protected override int DefaultMaxLength => 40;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => PhoneNumbersText.Read(text, context.Region) is { } number
            ? FieldParse.Ok(number)
            : FieldParse.Fail("{0} must be a phone number, with + and the country code if it is abroad", field.Label);

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? PhoneNumbersText.ToKey(text) : value;

    public override string Format(FieldDefinition field, object value, FormatContext context) => PhoneNumbersText.Show((string)value, context.Region);

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => [Format(field, value, context)];
}

internal sealed class UrlField : TextKind
{
    public override string Name => "url";

    public override LocalizedText Label => "Web address";

    protected override int DefaultMaxLength => Longest;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = text.Trim();
        var candidate = HasScheme(trimmed) ? trimmed : $"https://{trimmed}";
        // A user before the host is how mailto:name@example.com and look-alike addresses would slip in.
        return Uri.TryCreate(candidate, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.UserInfo.Length == 0 && Hosts.IsName(uri.Host) && !candidate.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            ? FieldParse.Ok(candidate)
            : FieldParse.Fail("{0} must be a web address such as https://example.com", field.Label);
    }

    public override string Shorten(string text) => text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');

    private static bool HasScheme(string text)
        => text.IndexOf("://", StringComparison.Ordinal) is var end and > 0
            && Uri.CheckSchemeName(text[..end]);
}

internal static class Hosts
{
    /// <summary>Whether this is a domain name or address with a dot in it, as those that can be reached from elsewhere have.</summary>
    public static bool IsName(string host)
        => host.Contains('.', StringComparison.Ordinal) && !host.EndsWith('.') && Uri.CheckHostName(host) != UriHostNameType.Unknown;
}

/// <summary>A number the system gives, such as C000042; given once, never changed.</summary>
internal sealed class AutoNumberField : TextKind
{
    public override string Name => "autoNumber";

    public override LocalizedText Label => "Automatic number";

    public override Message? ValidateDefinition(FieldDefinition field)
        => TrySplit(field.Pattern, out _, out _, out _) ? null : new("The pattern must contain zeros in braces, such as C{000000}");

    public static string Next(FieldDefinition field, long number)
    {
        if (!TrySplit(field.Pattern, out var before, out var digits, out var after))
            throw new InvalidOperationException($"Field {field.Name} has no valid pattern.");
        return before + number.ToString($"D{digits}", System.Globalization.CultureInfo.InvariantCulture) + after;
    }

    private static bool TrySplit(string? pattern, out string before, out int digits, out string after)
    {
        before = after = "";
        digits = 0;
        if (pattern is null || pattern.IndexOf('{', StringComparison.Ordinal) is var open && open < 0)
            return false;
        var close = pattern.IndexOf('}', open);
        if (close < open + 2 || close > open + 16 || pattern[(open + 1)..close].Any(c => c != '0'))
            return false;
        (before, digits, after) = (pattern[..open], close - open - 1, pattern[(close + 1)..]);
        return true;
    }
}

/// <summary>Text of several lines; searched, not sorted.</summary>
internal sealed class LongTextField : FieldKind
{
    private const int Limit = 20_000;

    private static readonly KindColumn[] LongTextColumns = [new("", ColumnType.Text)];

    public override bool IsLong => true;

    public override string Name => "longText";

    public override LocalizedText Label => "Long text";

    public override Type ValueType => typeof(string);

    public override bool IsSortable => false;

    public override bool IsWide => true;

    public override IReadOnlyList<FilterOperator> Operators => [FilterOperator.Contains, .. FieldKinds.Equality];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => LongTextColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => FieldParse.Ok(text.ReplaceLineEndings("\n").Trim());

    public override Message? Validate(FieldDefinition field, object value)
    {
        var text = (string)value;
        if (text.Length > (field.MaxLength ?? Limit))
            return new("{0} may have at most {1} characters; this has {2}", field.Label, field.MaxLength ?? Limit, text.Length);
        return text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? new("{0} must not contain control characters", field.Label) : null;
    }

    public override Message? ValidateDefinition(FieldDefinition field)
        => field.MaxLength is < 1 or > 100_000 ? new("The longest text must be between {0} and {1} characters", 1, 100_000) : null;
}
