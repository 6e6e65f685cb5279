using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Fields;

/// <summary>Reads what <see cref="FieldKind.ToInvariant"/> wrote, such as the values in the change log.</summary>
public sealed class InvariantTexts(FieldKinds kinds, SettingsStore settings, TimeProvider clock, IStringLocalizer localizer)
{
    /// <returns>The value; null for no text, and where it can be a value of the field no more.</returns>
    public object? ValueOf(FieldDefinition field, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var context = new ParseContext(CultureInfo.InvariantCulture, TimeZoneInfo.Utc, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        return kinds.Of(field).Parse(field, text, context).Value switch
        {
            // An option that is hidden or gone was a value all the same.
            NewOption option => option.Text,
            UnboundValue => null,
            var value => value,
        };
    }
}
