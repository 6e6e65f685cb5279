using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Workflows;

/// <summary>Gives a field of the record a value: a text with merge fields, an option, a relative date.</summary>
internal sealed class SetField(IContentManager content, FieldKinds kinds, MergeTexts texts, SettingsStore settings, TimeProvider clock, IStringLocalizer localizer) : ActivityKind
{
    private const string Value = "value";

    public override string Name => "setField";

    public override LocalizedText Label => "Set a field";

    public override LocalizedText Description => "Gives a field of the record a value";

    public override string Icon => "pencil";

    public override bool NeedsRecord => true;

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(SettingNames.Field, "Field", SettingInput.Field) { Required = true, IsHalf = true, Fields = f => !f.ReadOnly && f.Name is not (SystemFields.Owner or SystemFields.Team) },
        new(Value, "Value", SettingInput.FieldValue) { Help = "Empty: empties the field. Dates may be relative, such as @today+7", Merges = true, MaxLength = 2000, IsHalf = true },
    ];

    public override void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error)
    {
        // What is to be merged is not known before it runs.
        if (type?.Find(node[SettingNames.Field] ?? "") is not { } field || node[Value] is not { } value || value.Contains("{{", StringComparison.Ordinal))
            return;
        var site = settings.Site;
        var context = new ParseContext(CultureInfo.InvariantCulture, site.Zone, site.Currency, site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        if (kinds.Of(field).Parse(field, value, context).Error is { } wrong)
            error(Value, wrong);
    }

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var field = run.Type!.Find(run[SettingNames.Field] ?? "") ?? throw new ActivityRefusedException("{0} has no field {1}", run.Type.PluralLabel, run[SettingNames.Field] ?? "");
        var value = await texts.RenderAsync(run[Value] ?? "", run, cancellationToken);
        var result = await content.SaveAsync(new ContentChange(run.Type.Name) { Id = run.Record!.Id, Texts = { [field.Name] = value } }, SaveOptions.Default, cancellationToken);
        if (!result.Succeeded)
            throw new ActivityRefusedException(result.Errors is [var error, ..] ? error.Message : new Message("It could not be saved"));
        return new(value.Length == 0 ? new("{0} is emptied", field.Label) : new("{0} is now “{1}”", field.Label, field.Options.FirstOrDefault(o => o.Key == value)?.Label ?? (object)value));
    }
}
