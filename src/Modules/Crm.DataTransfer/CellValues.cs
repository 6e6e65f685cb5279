using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.DataTransfer;

/// <summary>What cells mean as values of fields, for comparing them with stored ones.</summary>
public sealed class CellValues(FieldKinds kinds, SettingsStore settings, ActorContext actor, TimeProvider clock, IStringLocalizer localizer)
{
    private ParseContext? _context;

    /// <summary>How the cells' numbers are written.</summary>
    public CultureInfo Culture { get; set; } = CultureInfo.InvariantCulture;

    /// <summary>The value in the form in which the database compares it, or what is wrong with the text.</summary>
    /// <param name="culture">How numbers are written.</param>
    public (object? Value, Message? Error) Parse(FieldDefinition field, string text, CultureInfo culture)
    {
        _context ??= new(culture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        var kind = kinds.Of(field);
        var (value, error) = kind.Parse(field, text, ReferenceEquals(culture, _context.Culture) ? _context : _context with { Culture = culture });
        return error is null ? (kind.ToFilterValue(field, value), null) : (null, error);
    }

    /// <summary>Whether the field's text is a number.</summary>
    public bool IsNumber(FieldDefinition field) => kinds.Of(field).IsNumeric;

    /// <summary>What a unique field is compared by: one value, each of several, or nothing where the text is none.</summary>
    public IEnumerable<object> Keys(FieldDefinition field, string text)
    {
        if (string.IsNullOrWhiteSpace(text) || Parse(field, text, Culture).Value is not { } value)
            return [];
        return kinds.Of(field) is SeveralKind several && value is not UnboundValue ? several.Keys(field, value).Select(k => k.Key) : [value];
    }
}
