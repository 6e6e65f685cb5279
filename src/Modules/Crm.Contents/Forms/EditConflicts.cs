using Crm.Contents.LookUps;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Security;

namespace Crm.Contents.Forms;

/// <summary>
/// Puts two people's changes of one record together. A field that only one of them has changed is no conflict; for the
/// others both values are shown, and the form keeps what was typed.
/// </summary>
internal sealed class EditConflicts(ChangeLog log, InvariantTexts values, RecordForm form, FieldViews views, UnkeptWords words, RecordNames names, ActorContext actor)
{
    /// <param name="posted">What was typed; fields that only the other has changed take the other's value here.</param>
    public async Task<EditConflict> ResolveAsync(ContentTypeDefinition type, ContentItem current, long version, Dictionary<string, IReadOnlyList<string>> posted, CancellationToken cancellationToken)
    {
        // All of them, however long the form was open: a field whose change is missing here would be taken back unasked.
        var since = await log.ReadSinceAsync(type.Name, [current.Id], version, cancellationToken);
        // The first change of a field holds the value that the form was filled with.
        var before = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (field, change) in since.SelectMany(c => c.Fields))
            before.TryAdd(field, change.Old);
        var both = new List<ConflictingField>();
        var theirs = new List<string>();
        foreach (var field in type.Fields.Where(f => before.ContainsKey(f.Name) && posted.ContainsKey(f.Name)))
        {
            var mine = posted[field.Name];
            if (form.IsSame(field, mine, current[field.Name]))
                continue;
            var editor = views.Editor(type, field, mine);
            if (form.IsSame(field, mine, values.ValueOf(field, before[field.Name])))
            {
                posted[field.Name] = views.FormTexts(field, current[field.Name]);
                theirs.Add(editor.Label);
            }
            else
            {
                both.Add(new ConflictingField(editor, await OriginalAsync(field, before[field.Name], cancellationToken), views.Display(type, current, field.Name)?.Text, await words.SayAsync(editor, cancellationToken)));
            }
        }
        var last = since.FindLast(c => c.UserId != actor.Current.UserId) ?? since.LastOrDefault();
        var who = last?.UserId is { } user ? await names.FindAsync(SystemTypes.Users, user, cancellationToken) : null;
        return new EditConflict(who, last?.At ?? default, both, theirs) { IsOwn = since is [_, ..] && since.TrueForAll(c => c.UserId == actor.Current.UserId) };
    }

    private async Task<string?> OriginalAsync(FieldDefinition field, string? logged, CancellationToken cancellationToken)
    {
        var value = values.ValueOf(field, logged);
        return views.Display(field, value, (await names.FindAsync(field, logged, cancellationToken)).GetValueOrDefault)?.Text;
    }
}
