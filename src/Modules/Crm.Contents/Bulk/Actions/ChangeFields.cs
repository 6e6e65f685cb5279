using System.Globalization;
using Crm.Contents.LookUps;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Bulk.Actions;

/// <param name="Fields">What may be chosen; empty when the field is given.</param>
/// <param name="Field">The chosen one; null before there is one.</param>
internal sealed record ChangeFieldForm(ContentTypeDefinition Type, IReadOnlyList<FieldDefinition> Fields, FieldDefinition? Field, FieldEditor? Editor, bool CanEmpty, bool Empties, string? Problem);

/// <summary>Gives one field of many records the same value, or none.</summary>
internal class ChangeField(ContentDefinitions definitions, FieldKinds kinds, FieldViews views, RecordNames names, BulkSaves saves, ActorContext actor, SettingsStore settings, TimeProvider clock, IStringLocalizer localizer) : IBulkAction
{
    public const string FieldInput = "bulkField";
    public const string EmptyInput = "bulkEmpty";

    public virtual string Name => "change";

    public virtual LocalizedText Label => "Change a field";

    public virtual string Icon => "pencil";

    public virtual int Order => 10;

    /// <summary>Whether it may also be said that nothing is to stand there.</summary>
    protected virtual bool CanEmpty => true;

    /// <summary>What is asked for, in words.</summary>
    protected virtual Message Title(FieldDefinition field, string shown) => new("Change {0} to “{1}”", field.Label, shown);

    public bool IsOffered(ContentTypeDefinition type) => actor.Current.Can(type, ContentActions.Edit) && FieldsOf(type).Any();

    /// <summary>Fields that people may change; unique ones cannot be the same in several records.</summary>
    protected virtual IEnumerable<FieldDefinition> FieldsOf(ContentTypeDefinition type)
        => type.Fields.Where(f => f is { Hidden: false, ReadOnly: false, Unique: false } && kinds.Of(f).Name is not ("record" or "file" or "image" or "json") && (f.Target is null || definitions.Current.Find(f.Target) is not null));

    public async Task<SlotView?> FormAsync(BulkForm form, CancellationToken cancellationToken)
    {
        var fields = FieldsOf(form.Type).ToList();
        var field = Chosen(form, fields);
        return new SlotView("_BulkChange", new ChangeFieldForm(form.Type, fields, field, field is null ? null : await EditorAsync(form, field, cancellationToken), CanEmpty && field is { Required: false }, Empties(form),
            form.Errors.FirstOrDefault(e => e.Field != field?.Name)?.Message.For(localizer)));
    }

    public async Task<BulkPlan> PlanAsync(BulkForm form, CancellationToken cancellationToken)
    {
        if (Chosen(form, [.. FieldsOf(form.Type)]) is not { } field)
            return BulkPlan.Refused(new FieldError(null, new("Choose a field")));
        var kind = kinds.Of(field);
        var texts = Texts(form, field);
        var joined = kind.JoinParts([.. texts]);
        if (Empties(form) || string.IsNullOrWhiteSpace(joined))
        {
            if (!Empties(form))
                return BulkPlan.Refused(new FieldError(field.Name, new("Say what it is to become, or that it is to be emptied")));
            return field.Required || !CanEmpty
                ? BulkPlan.Refused(new FieldError(field.Name, new("{0} is required", field.Label)))
                : new BulkPlan(new("Empty {0}", field.Label), Settings(field, ""));
        }
        var context = new ParseContext(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        var parsed = kind.Parse(field, joined, context);
        if (parsed.Error is { } error)
            return BulkPlan.Refused(new FieldError(field.Name, error));
        if (parsed.Value is NewOption option)
            return actor.Current.Can(form.Type, ContentActions.AddOptions)
                ? Plan(field, option.Text, option.Text)
                : BulkPlan.Refused(new FieldError(field.Name, new("{0} has no option “{1}”, and you may not add one", field.Label, option.Text)));
        if (kind.Validate(field, parsed.Value!) is { } problem)
            return BulkPlan.Refused(new FieldError(field.Name, problem));
        if (field.Target is not null)
            return LinkedRecords.IdsOf(parsed.Value) is { Count: > 0 } ids && await names.FindAsync(field, joined, cancellationToken) is var known && ids.All(known.ContainsKey)
                ? Plan(field, kind.ToInvariant(field, parsed.Value!), string.Join(localizer[", "], ids.Select(id => known[id])))
                : BulkPlan.Refused(new FieldError(field.Name, new("{0}: the record is gone or you may not see it", field.Label)));
        return Plan(field, kind.ToInvariant(field, parsed.Value!), kind.Format(field, parsed.Value!, views.Context));
    }

    public virtual Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken)
    {
        var (name, text) = (work.Settings["field"]!, work.Settings["value"]);
        var field = work.Type.Field(name);
        // The kind's own text of a value gives the same value again, in whatever culture it was typed.
        var value = Parse(field, text);
        return saves.SaveAsync(work, (item, version) => value is not null || string.IsNullOrEmpty(text)
            ? new ContentChange(item.Type) { Id = item.Id, Version = version, Values = { [name] = value } }
            : new ContentChange(item.Type) { Id = item.Id, Version = version, Texts = { [name] = text } }, [name], cancellationToken);
    }

    /// <summary>A value from its invariant text; null when it is none any more, or none yet.</summary>
    protected object? Parse(FieldDefinition field, string? text)
    {
        var context = new ParseContext(CultureInfo.InvariantCulture, TimeZoneInfo.Utc, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        return !string.IsNullOrEmpty(text) && kinds.Of(field).Parse(field, text, context).Value is { } value and not UnboundValue ? value : null;
    }

    private BulkPlan Plan(FieldDefinition field, string value, string shown) => new(Title(field, shown), Settings(field, value));

    private static Dictionary<string, string?> Settings(FieldDefinition field, string value) => new() { ["field"] = field.Name, ["value"] = value };

    private static bool Empties(BulkForm form) => form.Values[EmptyInput] == "1";

    private static FieldDefinition? Chosen(BulkForm form, List<FieldDefinition> fields)
        => form.Values[FieldInput] is [{ Length: > 0 } name, ..] ? fields.Find(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase)) : fields is [var only] ? only : null;

    private List<string> Texts(BulkForm form, FieldDefinition field)
    {
        var kind = kinds.Of(field);
        return kind.PostsSeveral
            ? [kind.JoinPosted([.. form.Values[field.Name].Select(t => t ?? "")])]
            : [.. kind.Parts.Select(part => form.Values[field.Name + part] is [.., { } last] ? last : "")];
    }

    private async Task<FieldEditor> EditorAsync(BulkForm form, FieldDefinition field, CancellationToken cancellationToken)
    {
        var texts = Texts(form, field);
        return names.Named(views.Editor(form.Type, field, texts), await names.FindAsync(field, texts[0], cancellationToken)) with
        {
            IsWide = true,
            Error = form.Errors.FirstOrDefault(e => e.Field == field.Name)?.Message.For(localizer),
        };
    }
}

/// <summary>Says who is responsible for many records.</summary>
internal sealed class AssignRecords(ContentDefinitions definitions, FieldKinds kinds, FieldViews views, RecordNames names, BulkSaves saves, ActorContext actor, SettingsStore settings, TimeProvider clock, IStringLocalizer localizer)
    : ChangeField(definitions, kinds, views, names, saves, actor, settings, clock, localizer)
{
    public override string Name => "assign";

    public override LocalizedText Label => "Assign";

    public override string Icon => "user-plus";

    public override int Order => 20;

    protected override IEnumerable<FieldDefinition> FieldsOf(ContentTypeDefinition type)
        => base.FieldsOf(type).Where(f => f.Name is SystemFields.Owner or SystemFields.Team);
}
