using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Crm.Customers.Duplicates;

/// <summary>
/// Before a form makes a customer, those with the same name, phone or e-mail are shown, and it has to be said that this
/// is another. Imports have their key for that.
/// </summary>
internal sealed class DuplicateHint(ContentDefinitions definitions, FieldKinds kinds, QueryEngine queries, SettingsStore settings, ActorContext actor, TimeProvider clock, IStringLocalizer localizer) : IFormPart
{
    private const string Confirm = "isAnother";
    private const int Shown = 5;

    private static readonly string[] Compared = ["name", "phone", "email"];

    private IReadOnlyList<ContentItem> _found = [];

    public string Type => CustomerType.Name;

    public SlotView? View(IReadOnlyList<FieldError> errors) => _found.Count > 0 ? new("_Duplicates", _found) : null;

    public async Task<IReadOnlyList<FieldError>> CheckAsync(IFormCollection form, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(CustomerType.Name);
        var same = Compared.Select(type.Find).OfType<FieldDefinition>().Where(f => !f.Hidden).Select(f => Same(f, form[f.Name].ToString())).OfType<Filter>().ToList();
        if (same.Count == 0 || !actor.Current.Can(type, ContentActions.View))
            return [];
        _found = (await queries.ListAsync(new Query(type.Name) { Where = new OrFilter(same), Columns = [.. Compared.Where(c => type.Find(c) is { Hidden: false })], Take = Shown }, cancellationToken)).Items;
        return _found.Count == 0 || form[Confirm] == "true" ? [] : [new FieldError(Confirm, new("There is a customer like this already. Look at it, or say that this is another one"))];
    }

    private CompareFilter? Same(FieldDefinition field, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var context = new ParseContext(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        return kinds.Of(field).Parse(field, text, context) is { Error: null, Value: { } value } ? new CompareFilter(field.Name, FilterOperator.Equal, value) : null;
    }
}
