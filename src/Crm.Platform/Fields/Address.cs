using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>A postal address. A part that is not known is null.</summary>
/// <param name="Street">Street, house and whatever comes below the district.</param>
/// <param name="Country">ISO 3166-1 code of two letters.</param>
/// <param name="Region">Province, state or the like.</param>
public sealed record Address(string? Street, string? Country, string? Region, string? City, string? District, string? PostalCode)
{
    private static readonly string[] FromLargeToSmall = ["CN", "TW", "HK", "MO", "JP", "KR"];

    /// <summary>Others whose addresses have a place between street and city.</summary>
    private static readonly string[] WithDistrict = [.. FromLargeToSmall, "BR", "ID", "IN", "IR", "MX", "MY", "PH", "TH", "TR", "VN"];

    /// <summary>Countries in whose addresses there is a district; elsewhere nobody is asked for one.</summary>
    public static IReadOnlyList<string> CountriesWithDistrict => WithDistrict;

    /// <summary>
    /// One line: in China and its neighbours from large to small, elsewhere from small to large. The country is left out at home.
    /// </summary>
    public string ToLine(FormatContext context) => string.Join(IsAsian(context) && IsIdeographic ? " " : ", ", Lines(context));

    /// <summary>The lines of a label.</summary>
    public IReadOnlyList<string> Lines(FormatContext context)
    {
        var country = Country is null || Country == context.Region ? null : Countries.NameOf(Country, context.Culture);
        // A municipality is a province and its own city.
        var region = Region == City ? null : Region;
        IEnumerable<string?> lines = IsAsian(context)
            ? [country, IsIdeographic ? string.Concat(region, City, District, Street) : Join(" ", region, City, District, Street), PostalCode]
            : [Street, District, Join(" ", Join(", ", City, region), PostalCode), country];
        return [.. lines.OfType<string>().Where(l => l.Length > 0)];
    }

    private bool IsAsian(FormatContext context)
        => Country is not null ? FromLargeToSmall.Contains(Country) : FromLargeToSmall.Contains(context.Region);

    /// <summary>Whether it is written in characters between which there are no blanks.</summary>
    private bool IsIdeographic => string.Concat(Region, City, District, Street).Any(c => c is >= '\u3040' and <= '\u9FFF' or >= '\uAC00' and <= '\uD7AF');

    private static string Join(string by, params IEnumerable<string?> parts) => string.Join(by, parts.Where(p => !string.IsNullOrEmpty(p)));
}

/// <summary>The parts of an address after its street, as files, forms and queries name them.</summary>
public static class AddressParts
{
    public static IReadOnlyList<(string Part, LocalizedText Label)> Columns { get; } =
        [("PostalCode", "Postal code"), ("District", "District"), ("City", "City"), ("Region", "State / province"), ("Country", "Country")];
}
