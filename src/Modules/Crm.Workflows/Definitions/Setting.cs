using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>How a setting is given in the form, and what it has to be.</summary>
public enum SettingInput
{
    Text,
    LongText,
    Number,
    Choice,
    YesNo,

    /// <summary>Time of day, <c>HH:mm</c>.</summary>
    Time,

    /// <summary>A condition on the workflow's records, in the filter language.</summary>
    Filter,

    /// <summary>A content type that is no part of the administration.</summary>
    ContentType,

    /// <summary>A field of the workflow's records.</summary>
    Field,

    /// <summary>A value of the field that the setting <c>field</c> names.</summary>
    FieldValue,

    /// <summary>A record of the type <see cref="Setting.Target"/>, by its id.</summary>
    Record,

    /// <summary>A web address.</summary>
    Url,
}

/// <summary>One setting of a trigger or an activity: from this come its input, its check and its help.</summary>
public sealed record Setting(string Name, LocalizedText Label, SettingInput Input)
{
    public bool Required { get; init; }

    public LocalizedText? Help { get; init; }

    public IReadOnlyList<SettingOption> Options { get; init; } = [];

    public string? Default { get; init; }

    public int Min { get; init; }

    public int Max { get; init; } = 10_000;

    /// <summary>Most characters of a text.</summary>
    public int MaxLength { get; init; } = 200;

    /// <summary>Content type of a <see cref="SettingInput.Record"/>.</summary>
    public string? Target { get; init; }

    /// <summary>Which fields may be chosen; null for all.</summary>
    public Func<FieldDefinition, bool>? Fields { get; init; }

    /// <summary>A text may contain merge fields such as <c>{{ record.name }}</c>.</summary>
    public bool Merges { get; init; }

    /// <summary>Asked for only while another setting has one of these values: <c>assignee=user|role</c>.</summary>
    public string? When { get; init; }

    /// <summary>Stands beside another in the form.</summary>
    public bool IsHalf { get; init; }

    /// <summary>Whether it is asked for beside these other settings.</summary>
    public bool Applies(NodeSettings node, IReadOnlyList<Setting> all)
    {
        if (When?.Split('=') is not [var name, var values])
            return true;
        var other = all.FirstOrDefault(s => s.Name == name);
        return other?.Applies(node, all) == true && values.Split('|').Contains(node[name] ?? other.Default ?? "");
    }
}

public sealed record SettingOption(string Key, LocalizedText Label);
