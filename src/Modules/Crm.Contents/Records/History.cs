using System.Globalization;
using Crm.Contents.LookUps;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Records;

/// <summary>What happened to a record, from the change log, in words.</summary>
internal sealed class History(ChangeLog log, FieldKinds kinds, InvariantTexts texts, FieldViews views, RecordNames names, ActorContext actor, IStringLocalizer localizer)
{
    private const int LongestText = 300;

    /// <returns>Newest first.</returns>
    public async Task<IReadOnlyList<HistoryEntry>> ReadAsync(ContentTypeDefinition type, ContentItem item, int take, CancellationToken cancellationToken)
    {
        var changes = await log.ReadHistoryAsync(type.Name, item.Id, take, cancellationToken);
        var known = await names.FindAsync(changes.SelectMany(c => Mentioned(type, c)), cancellationToken);
        var canEdit = actor.Current.Can(type, ContentActions.Edit, item);
        return [.. changes.Select(c => new HistoryEntry(c.Kind, c.At, c.UserId is { } user ? known.GetValueOrDefault(user) : null, c.Source, c.Version,
            c.Kind == ChangeKind.Updated ? [.. FieldsOf(type, c).Select(f => Shown(f.Field, f.Change))] : [])
        {
            CanUndo = canEdit && c.Kind == ChangeKind.Updated && c.Version == item.Version && c.UserId == actor.Current.UserId && FieldsOf(type, c).Any(f => !f.Field.ReadOnly),
        })];

        HistoryChange Shown(FieldDefinition field, FieldChange change) => new(field.Label.For(localizer), Text(field, change.Old, known), Text(field, change.New, known),
            canEdit && !field.ReadOnly && !Equals(texts.ValueOf(field, change.Old), item[field.Name]) ? field.Name : null);
    }

    private static IEnumerable<(FieldDefinition Field, FieldChange Change)> FieldsOf(ContentTypeDefinition type, Change change)
        => change.Fields.Where(f => type.Find(f.Key) is { Hidden: false, Name: not SystemFields.DisplayText }).Select(f => (type.Field(f.Key), f.Value)).OrderBy(f => f.Item1.Order);

    private static IEnumerable<(string, Guid)> Mentioned(ContentTypeDefinition type, Change change)
    {
        if (change.UserId is { } user)
            yield return (SystemTypes.Users, user);
        foreach (var (field, values) in FieldsOf(type, change))
            foreach (var text in new[] { values.Old, values.New })
                foreach (var link in RecordNames.MentionedBy(field, text))
                    yield return (link.Type, link.Id);
    }

    private string? Text(FieldDefinition field, string? text, IReadOnlyDictionary<Guid, string> known)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (field.Target is not null || field.Kind == "record")
            return string.Join(localizer[", "], RecordNames.MentionedBy(field, text).Select(l => known.GetValueOrDefault(l.Id) ?? localizer["Not visible to you"]));
        var shown = texts.ValueOf(field, text) is { } value ? kinds.Of(field).Format(field, value, views.Context) : text;
        return shown.Length > LongestText ? string.Concat(shown.AsSpan(0, LongestText), "…") : shown;
    }
}
