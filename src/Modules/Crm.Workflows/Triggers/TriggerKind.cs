using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>A kind of trigger: what starts a workflow.</summary>
internal abstract class TriggerKind
{
    public abstract string Name { get; }

    public abstract LocalizedText Label { get; }

    public virtual string Icon => "bolt";

    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>Whether it is started by single changes, and not by the clock.</summary>
    public virtual bool IsChange => false;

    /// <summary>Whether this change starts it.</summary>
    public virtual bool Matches(NodeSettings trigger, Change change) => false;

    /// <summary>Checks that go beyond what <see cref="Settings"/> say.</summary>
    public virtual void Check(NodeSettings trigger, ContentTypeDefinition? type, Action<string, Message> error)
    {
    }

    /// <summary>In words, such as "Opportunity created".</summary>
    public abstract Message Describe(NodeSettings trigger, ContentTypeDefinition? type);

    private protected static Setting TypeSetting(bool required = true)
        => new(SettingNames.Type, "Records of", SettingInput.ContentType) { Required = required };

    private protected static Setting ImportsSetting { get; } =
        new(SettingNames.Imports, "Also when records are imported", SettingInput.YesNo) { Help = "Otherwise an import of a thousand records starts nothing" };

    private protected static bool AcceptsSource(NodeSettings trigger, Change change)
        => change.Source is not ("import" or "recipe") || trigger[SettingNames.Imports] == "true";

    private protected static bool IsAbout(NodeSettings trigger, Change change)
        => string.Equals(trigger[SettingNames.Type], change.ContentType, StringComparison.OrdinalIgnoreCase);

    private protected static LocalizedText LabelOf(ContentTypeDefinition? type, NodeSettings trigger) => type?.Label ?? trigger[SettingNames.Type] ?? "";
}

/// <summary>A record was created.</summary>
internal sealed class CreatedTrigger : TriggerKind
{
    public override string Name => "created";

    public override LocalizedText Label => "A record is created";

    public override string Icon => "plus";

    public override IReadOnlyList<Setting> Settings { get; } = [TypeSetting(), ImportsSetting];

    public override bool IsChange => true;

    public override bool Matches(NodeSettings trigger, Change change)
        => change.Kind == ChangeKind.Created && IsAbout(trigger, change) && AcceptsSource(trigger, change);

    public override Message Describe(NodeSettings trigger, ContentTypeDefinition? type) => new("{0}: created", LabelOf(type, trigger));
}

/// <summary>A field of a record changed, perhaps only from or to a value.</summary>
internal sealed class ChangedTrigger : TriggerKind
{
    public const string From = "from";
    public const string To = "to";

    public override string Name => "changed";

    public override LocalizedText Label => "A field changes";

    public override string Icon => "pencil";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        TypeSetting(),
        new(SettingNames.Field, "Field", SettingInput.Field) { Required = true },
        new(From, "Old value", SettingInput.FieldValue) { Help = "Empty: any", IsHalf = true },
        new(To, "New value", SettingInput.FieldValue) { Help = "Empty: any", IsHalf = true },
        ImportsSetting,
    ];

    public override bool IsChange => true;

    public override bool Matches(NodeSettings trigger, Change change)
        => change.Kind == ChangeKind.Updated && IsAbout(trigger, change) && AcceptsSource(trigger, change)
            && change.Fields.FirstOrDefault(f => string.Equals(f.Key, trigger[SettingNames.Field], StringComparison.OrdinalIgnoreCase)).Value is { } field
            && Is(trigger[From], field.Old) && Is(trigger[To], field.New);

    public override Message Describe(NodeSettings trigger, ContentTypeDefinition? type)
    {
        var field = type?.Find(trigger[SettingNames.Field] ?? "");
        var label = field?.Label ?? trigger[SettingNames.Field] ?? "";
        return (trigger[From], trigger[To]) switch
        {
            (null, null) => new("{0}: {1} changes", LabelOf(type, trigger), label),
            (null, { } to) => new("{0}: {1} becomes {2}", LabelOf(type, trigger), label, Option(to)),
            ({ } from, null) => new("{0}: {1} is no longer {2}", LabelOf(type, trigger), label, Option(from)),
            ({ } from, { } to) => new("{0}: {1} changes from {2} to {3}", LabelOf(type, trigger), label, Option(from), Option(to)),
        };

        object Option(string key) => field?.Options.FirstOrDefault(o => o.Key == key)?.Label ?? (object)key;
    }

    private static bool Is(string? wanted, string? value)
        => wanted is null || string.Equals(wanted, value ?? "", StringComparison.OrdinalIgnoreCase)
            || (decimal.TryParse(wanted, System.Globalization.CultureInfo.InvariantCulture, out var one) && decimal.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var other) && one == other);
}
