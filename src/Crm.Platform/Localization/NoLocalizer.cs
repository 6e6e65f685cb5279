using Microsoft.Extensions.Localization;

namespace Crm.Platform.Localization;

/// <summary>English as it is, for places where no person reads.</summary>
internal sealed class NoLocalizer : IStringLocalizer
{
    public static NoLocalizer Instance { get; } = new();

    public LocalizedString this[string name] => new(name, name);

    public LocalizedString this[string name, params object[] arguments]
        => new(name, string.Format(System.Globalization.CultureInfo.InvariantCulture, name, arguments));

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
}
