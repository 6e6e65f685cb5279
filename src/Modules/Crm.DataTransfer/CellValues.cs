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

    /// <summary>The value in the form in which the database compares it, or what is wrong with the text.</summary>
    public (object? Value, Message? Error) Parse(FieldDefinition field, string text)
    {
        _context ??= new(CultureInfo.InvariantCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        var kind = kinds.Of(field);
        var (value, error) = kind.Parse(field, text, _context);
        return error is null ? (kind.ToFilterValue(field, value), null) : (null, error);
    }

    /// <summary>What a unique field is compared by: one value, each of several, or nothing where the text is none.</summary>
    public IEnumerable<object> Keys(FieldDefinition field, string text)
    {
        if (string.IsNullOrWhiteSpace(text) || Parse(field, text).Value is not { } value)
            return [];
        return kinds.Of(field) is SeveralKind several && value is not UnboundValue ? several.Keys(field, value).Select(k => k.Key) : [value];
    }
}
