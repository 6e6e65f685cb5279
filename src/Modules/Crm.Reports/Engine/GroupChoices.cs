using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Reports.Engine;

/// <summary>What records of a type can be grouped by: its own fields, those made in the browser included, and those of records that it points to.</summary>
public sealed class GroupChoices(FieldViews views, FieldKinds kinds, ContentDefinitions definitions, ActorContext actor, KeyTexts texts, IStringLocalizer localizer)
{
    public IReadOnlyList<GroupChoice> Of(ContentTypeDefinition type)
    {
        var fields = Fields(type).ToList();
        var choices = fields.Where(f => !IsTime(f)).Select(f => new GroupChoice(f.Name, views.LabelAt(type, f.Name))).ToList();
        foreach (var time in fields.Where(IsTime))
            choices.AddRange(Enum.GetValues<DateBucket>().Reverse().Select(bucket
                => new GroupChoice($"{time.Name}:{bucket.ToString().ToLowerInvariant()}", texts.Head(type, new(time.Name, bucket)), views.LabelAt(type, time.Name))));
        foreach (var address in type.Fields.Where(f => f is { Kind: "address", Hidden: false }))
            choices.AddRange(AddressParts.Columns.Where(p => p.Part is "Country" or "Region" or "City")
                .Select(p => new GroupChoice(address.Name + p.Part, localizer["{0}: {1}", views.LabelAt(type, address.Name), p.Label.For(localizer)])));
        foreach (var lookUp in fields.Where(f => f.LeadsTo is not null))
            if (definitions.Current.Find(lookUp.LeadsTo!) is { IsAdmin: false } target && actor.Current.CanOpen(target))
                choices.AddRange(Fields(target).Where(f => f.Kind is "pickList" or "yesNo" or "user")
                    .Select(f => new GroupChoice($"{lookUp.Name}.{f.Name}", views.LabelAt(type, $"{lookUp.Name}.{f.Name}"), views.LabelAt(type, lookUp.Name))));
        return choices;
    }

    public static IReadOnlyList<GroupChoice> Of(IReadOnlyList<(string Value, LocalizedText Label)> groups, IStringLocalizer localizer)
        => [.. groups.Select(g => new GroupChoice(g.Value, g.Label.For(localizer)))];

    /// <summary>Dates that a time range can be about.</summary>
    public IReadOnlyList<GroupChoice> Dates(ContentTypeDefinition type)
        => [.. Fields(type).Where(IsTime).Select(f => new GroupChoice(f.Name, views.LabelAt(type, f.Name)))];

    /// <summary>What can be counted, added up and averaged.</summary>
    public IReadOnlyList<GroupChoice> Measures(ContentTypeDefinition type)
    {
        var numbers = type.Fields.Where(f => !f.Hidden && f.Name != SystemFields.Version && kinds.Of(f).IsNumeric).ToList();
        return
        [
            new("count", localizer["Number of records"]),
            .. numbers.Select(f => new GroupChoice($"sum:{f.Name}", localizer["{0}: sum", views.LabelAt(type, f.Name)])),
            .. numbers.Select(f => new GroupChoice($"average:{f.Name}", localizer["{0}: average", views.LabelAt(type, f.Name)])),
        ];
    }

    private IEnumerable<FieldDefinition> Fields(ContentTypeDefinition type)
        => type.Fields.Where(f => !f.Hidden && f.Name is not (SystemFields.DeletedAt or SystemFields.DeletedBy or SystemFields.DisplayText)
            && (f.Kind is "pickList" or "rating" or "yesNo" or "date" or "dateTime"
                || (kinds.Of(f) is SeveralKind { IsGrouped: true } && (f.Target is null || definitions.Current.Find(f.Target) is not null))
                || (f.Kind is "lookUp" or "user" or "team" && definitions.Current.Find(f.Target!) is not null)
                || (f.Kind == "text" && f.Name != type.DisplayField && !f.Unique)))
            .OrderBy(f => f.IsSystem).ThenBy(f => f.Order);

    private static bool IsTime(FieldDefinition field) => field.Kind is "date" or "dateTime";
}
