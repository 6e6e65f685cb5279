using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Security;

namespace Crm.Contents.Lists;

/// <summary>How a field is asked about.</summary>
internal enum FilterShape
{
    Text,
    Number,
    Date,

    /// <summary>One or several of a few options.</summary>
    Choice,

    /// <summary>One or several words that people add as they go, such as tags.</summary>
    Words,

    /// <summary>One or several records, found by name.</summary>
    Record,
}

/// <param name="Path">A field, or one that look-ups lead to.</param>
/// <param name="Type">The name of the content type that the field belongs to.</param>
internal sealed record FilterField(string Path, string Type, FieldDefinition Field, FieldKind Kind, string Label)
{
    public FilterShape Shape => Field.Target is not null ? FilterShape.Record
        : Field.Options.Count > 0 || Kind.ValueType == typeof(bool) ? FilterShape.Choice
        : Kind is SeveralKind { IsGrouped: true, HasSpelling: true } ? FilterShape.Words
        : IsMoment || Kind.ValueType == typeof(DateOnly) ? FilterShape.Date
        : Kind.IsNumeric ? FilterShape.Number
        : FilterShape.Text;

    /// <summary>A time of day belongs to it, so that a day is a stretch of time.</summary>
    public bool IsMoment => Kind.ValueType == typeof(DateTime);
}

/// <param name="Label">Null for the type's own fields, else the look-up that leads to them.</param>
internal sealed record FieldGroup(string? Label, IReadOnlyList<FilterField> Fields);

/// <summary>Which fields of a type, and of the records that its look-ups lead to, lists can show and ask about.</summary>
internal sealed class ListFields(ContentDefinitions definitions, FieldKinds kinds, FieldViews views, ActorContext actor)
{
    /// <summary>Own fields first, then those of each look-up.</summary>
    public IReadOnlyList<FieldGroup> Groups(ContentTypeDefinition type)
    {
        var own = Visible(type).Select(f => Field(type, f.Name, type)).ToList();
        var groups = new List<FieldGroup> { new(null, own) };
        foreach (var lookUp in own.Where(f => f.Field.LeadsTo is not (null or SystemTypes.Users or SystemTypes.Teams)))
            if (definitions.Current.Find(lookUp.Field.LeadsTo!) is { } target)
                groups.Add(new(lookUp.Label, [.. Visible(target).Where(f => f.Name != target.DisplayField && f.Kind != "longText").Select(f => Field(type, $"{lookUp.Path}.{f.Name}", target))]));
        return groups;
    }

    /// <summary>Null when the path leads nowhere, or to what is hidden.</summary>
    public FilterField? Find(ContentTypeDefinition type, string path)
    {
        var at = type;
        var names = path.Split('.', '/');
        for (var i = 0; i < names.Length; i++)
        {
            if (at.FindColumn(names[i]) is not { Hidden: false } field || !actor.Current.Sees(at, field))
                return null;
            names[i] = field.Name;
            if (i < names.Length - 1)
            {
                if (i == 3 || field.LeadsTo is null || definitions.Current.Find(field.LeadsTo) is not { } next || !actor.Current.Can(next, ContentActions.View))
                    return null;
                at = next;
            }
        }
        return Field(type, string.Join('.', names), at);
    }

    private FilterField Field(ContentTypeDefinition type, string path, ContentTypeDefinition owner)
        => views.FieldAt(type, path) is var field ? new(path, owner.Name, field, kinds.Of(field), views.LabelAt(type, path)) : null!;

    private IEnumerable<FieldDefinition> Visible(ContentTypeDefinition type)
        => type.Fields.Where(f => !f.Hidden && f.Name is not (SystemFields.Id or SystemFields.Version or SystemFields.DeletedAt or SystemFields.DeletedBy or SystemFields.DisplayText)
            // Which record of all types cannot be typed; lists of what is about one are reached from its page.
            && f.Kind != "record"
            && (f.Target is null || definitions.Current.Find(f.Target) is not null)
            && actor.Current.Can(type, ContentActions.View) && actor.Current.Sees(type, f));
}
