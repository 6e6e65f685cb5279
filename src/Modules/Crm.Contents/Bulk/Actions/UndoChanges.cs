using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Contents.Bulk.Actions;

/// <summary>
/// Takes back what a batch of the change log did: fields get their old values where they still have those that the batch
/// gave them, deleted records come back, created ones go. What somebody has changed since stays, and is said.
/// </summary>
internal sealed class UndoChanges(IContentManager content, QueryEngine queries, ChangeLog log, FieldKinds kinds, InvariantTexts texts, DeleteRecords deleting, RestoreRecords restoring) : IBulkAction
{
    public const string ActionName = "undo";

    public string Name => ActionName;

    public LocalizedText Label => "Undo";

    public string Icon => "arrow-back-up";

    /// <summary>Never of a list's records, but of a batch.</summary>
    public bool IsOffered(ContentTypeDefinition type) => false;

    public Task<BulkPlan> PlanAsync(BulkForm form, CancellationToken cancellationToken) => throw new NotSupportedException("An undo is asked for on its batch.");

    public async Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken)
    {
        var undoes = work.Items.ToDictionary(i => i.Id, i => i.Undoes);
        var changes = (await log.ReadBatchesAsync([.. undoes.Values.OfType<Guid>().Distinct()], undoes.Keys, cancellationToken))
            .Where(c => c.ContentType == work.Type.Name && c.BatchId == undoes[c.RecordId]).ToLookup(c => c.RecordId);
        var page = await queries.ListAsync(new Query(work.Type.Name) { Where = Filter.In(SystemFields.Id, undoes.Keys.Select(i => (object?)i)), Sort = [SystemFields.Id], Take = QueryEngine.MaxTake, Bin = RecycleBin.With }, cancellationToken);
        var current = page.Items.ToDictionary(i => i.Id);
        var outcomes = new Dictionary<Guid, BulkOutcome>();
        var back = new List<(ContentChange Change, Message? Since)>();
        foreach (var item in work.Items)
        {
            var done = changes[item.Id].ToList();
            var there = done.Aggregate((bool?)null, (state, c) => c.Kind switch { ChangeKind.Created or ChangeKind.Restored => true, ChangeKind.Deleted => false, ChangeKind.Purged => false, _ => state });
            if (done.Count == 0)
                outcomes[item.Id] = new(item.Id, BulkState.Same);
            else if (current.GetValueOrDefault(item.Id) is not { } record)
                outcomes[item.Id] = new(item.Id, BulkState.LeftOut, new("The record is gone or you may not see it"));
            else if (there == false)
                outcomes[item.Id] = record.IsDeleted ? await restoring.RestoreAsync(work.Type, item.Id, cancellationToken) : new(item.Id, BulkState.Same);
            else if (there == true)
                outcomes[item.Id] = record.IsDeleted ? new(item.Id, BulkState.Same)
                    : record.Version > done[^1].Version ? new(item.Id, BulkState.LeftOut, new("It was changed since"))
                    : await deleting.DeleteAsync(work, item.Id, record.Version, cancellationToken);
            else if (record.IsDeleted)
                outcomes[item.Id] = new(item.Id, BulkState.LeftOut, new("It was deleted since"));
            else if (Back(work.Type, record, done, out var since) is { Values.Count: > 0 } change)
                back.Add((change, since));
            else
                outcomes[item.Id] = since is null ? new(item.Id, BulkState.Same) : new(item.Id, BulkState.LeftOut, since);
        }
        var results = await content.SaveManyAsync(work.Type.Name, [.. back.Select(b => b.Change)], new SaveOptions { PutsBack = true }, cancellationToken);
        foreach (var (result, (_, since)) in results.Zip(back))
            outcomes[result.Id] = result.Succeeded && since is not null ? new(result.Id, BulkState.LeftOut, since) : BulkOutcome.Of(result);
        return [.. work.Items.Select(i => outcomes[i.Id])];
    }

    /// <summary>The change that puts the old values back, and what cannot be.</summary>
    private ContentChange Back(ContentTypeDefinition type, ContentItem record, List<Change> done, out Message? since)
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        var hidden = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        since = null;
        foreach (var fields in done.SelectMany(c => c.Fields).GroupBy(f => f.Key, f => f.Value))
        {
            var (old, given) = (fields.First().Old, fields.Last().New);
            if (type.Find(fields.Key) is not { } field)
                continue;
            // What it holds now is nobody's to see: it goes with the fields that it follows from.
            if (field.Hidden)
            {
                hidden[field.Name] = texts.ValueOf(field, old);
                continue;
            }
            var kind = kinds.Of(field);
            var now = record[field.Name] is { } value ? kind.ToInvariant(field, value) : null;
            if (now == old)
                continue;
            object? before = null;
            if (now != given)
                since ??= new("Somebody changed {0} since", field.Label);
            else if (!string.IsNullOrEmpty(old) && (before = texts.ValueOf(field, old)) is null)
                since ??= new("{0} cannot be “{1}” any more", field.Label, old);
            else
                values[field.Name] = before;
        }
        if (since is null && values.Count > 0)
            foreach (var (field, value) in hidden)
                values[field] = value;
        return new ContentChange(type.Name) { Id = record.Id, Version = record.Version, Values = values };
    }
}
