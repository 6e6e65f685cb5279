using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Display;

/// <summary>Makes the models with which fields are shown and edited, for the user and culture of the request.</summary>
public sealed class FieldViews(FieldKinds kinds, ContentDefinitions definitions, ActorContext actor, SettingsStore settings, IStringLocalizer localizer)
{
    public FormatContext Context => new(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Region, localizer);

    /// <summary>A field of a record, or of one that look-ups lead to; null when it is empty.</summary>
    public FieldDisplay? Display(ContentTypeDefinition type, ContentItem item, string path)
        => Display(type, item, path, FieldAt(type, path));

    /// <param name="field">What <see cref="FieldAt"/> gives for the path.</param>
    public FieldDisplay? Display(ContentTypeDefinition type, ContentItem item, string path, FieldDefinition field)
        => Display(field, item[path], item[path] is ValueList<Guid> ? item.NameOf : _ => item.DisplayOf(path)) is { } display
            ? display with { IsDeadline = type.Find(path)?.Late is { } late && late.AppliesTo(item), Url = display.Url ?? FileUrl(type, item, path, display.Value) }
            : null;

    /// <summary>Under the record's own address: who may not see the record cannot read its files.</summary>
    private static string? FileUrl(ContentTypeDefinition type, ContentItem item, string path, object value)
        => value is StoredFile file && type.Find(path) is { } field ? $"{type.Path}/{item.Id}/files/{field.Name}?v={file.Id}" : null;

    /// <param name="nameOf">Names of the records that look-ups and links point to, as far as the reader may see them.</param>
    public FieldDisplay? Display(FieldDefinition field, object? value, Func<Guid, string?> nameOf)
    {
        if (value is null or "")
            return null;
        var kind = kinds.Of(field);
        var lookUpText = value is RecordLink to ? nameOf(to.Id) : value is Guid one ? nameOf(one) : null;
        if (value is RecordLink link)
            return new(field, kind, value, lookUpText ?? "", lookUpText is not null && definitions.Current.Find(link.Type) is { } linked && actor.Current.CanOpen(linked) ? $"{linked.Path}/{link.Id}" : null);
        if (field.Target is null || definitions.Current.Find(field.Target) is not { } target)
            return new(field, kind, value, kind.Format(field, value, Context));
        if (value is ValueList<Guid> ids)
        {
            var url = actor.Current.CanOpen(target) ? target.Path : null;
            var links = ids.Select(id => (Id: id, Name: nameOf(id))).Where(l => l.Name is not null).Select(l => new FieldLink(l.Name!, url is null ? null : $"{url}/{l.Id}")).ToList();
            return new(field, kind, value, string.Join(localizer[", "], links.Select(l => l.Text))) { Links = links };
        }
        var canOpen = lookUpText is not null && actor.Current.CanOpen(target);
        return new(field, kind, value, lookUpText ?? "", canOpen ? $"{target.Path}/{value}" : null);
    }

    /// <summary>The form's texts of a value.</summary>
    public IReadOnlyList<string> FormTexts(FieldDefinition field, object? value)
    {
        var kind = kinds.Of(field);
        return value is null ? [.. kind.Parts.Select(_ => "")] : kind.ToForm(field, value, Context);
    }

    /// <param name="texts">Of <see cref="FormTexts"/>, or as they were posted.</param>
    public FieldEditor Editor(ContentTypeDefinition type, FieldDefinition field, IReadOnlyList<string> texts) => new(field, kinds.Of(field), field.Label.For(localizer), texts)
    {
        Type = type.Name,
        Help = field.Help?.For(localizer),
        IsReadOnly = field.ReadOnly,
        IsWide = kinds.Of(field).IsWide || field.Name == type.DisplayField,
        IsOpen = field.Open && actor.Current.Can(type, ContentActions.AddOptions),
        Options = OptionsOf(field, texts),
        CreateUrl = NewTarget(field) is { } target ? $"{target.Path}/new" : null,
        CreateField = NewTarget(field)?.DisplayField,
    };

    /// <summary>The type that a look-up points to, when the reader may make a record of it by giving its name.</summary>
    private ContentTypeDefinition? NewTarget(FieldDefinition field)
        => field.Target is not null && definitions.Current.Find(field.Target) is { IsAdmin: false, IsPart: false } target
            && target.Find(target.DisplayField) is { ReadOnly: false } && actor.Current.Can(target, ContentActions.Create) ? target : null;

    public FieldDefinition FieldAt(ContentTypeDefinition type, string path)
    {
        var parts = path.Split('.', '/');
        foreach (var lookUp in parts[..^1])
            type = definitions.Current.Get(type.Field(lookUp).Target!);
        return type.FindColumn(parts[^1]) ?? type.Field(parts[^1]);
    }

    /// <summary>Label of a field, or of one that look-ups lead to, such as "Customer › Industry".</summary>
    public string LabelAt(ContentTypeDefinition type, string path)
    {
        var labels = new List<string>();
        foreach (var name in path.Split('.', '/'))
        {
            var field = type.FindColumn(name) ?? type.Field(name);
            labels.Add(field.Label.For(localizer));
            type = field.Target is { } target ? definitions.Current.Find(target) ?? type : type;
        }
        return string.Join(" › ", labels);
    }

    /// <summary>What may be chosen, and what is chosen even though it is no longer offered.</summary>
    private List<FieldOption> OptionsOf(FieldDefinition field, IReadOnlyList<string> texts)
    {
        if (field.Options.Count > 0 && kinds.Of(field).IsSeveral)
        {
            var several = TextList.Split(texts[0]);
            return [.. field.Options.Where(o => !o.Hidden || several.Contains(o.Key)).Select(o => new FieldOption(o.Key, o.Label.For(localizer)))];
        }
        var chosen = texts[0];
        var options = field.Options.Where(o => !o.Hidden || o.Key == chosen).Select(o => new FieldOption(o.Key, o.Label.For(localizer))).ToList();
        if (field.Open && chosen.Length > 0 && options.All(o => o.Key != chosen))
            options.Add(new(chosen, chosen));
        return options;
    }
}
