using Crm.Platform.Changes;
using Crm.Platform.Content;

namespace Crm.Contents.Bulk;

/// <summary>
/// Saves one change of fields to many records, from the versions seen when they were collected. What somebody has changed
/// since stays: a record that was changed in the same field is left as it is, one that was changed elsewhere is still changed.
/// </summary>
public sealed class BulkSaves(IContentManager content, ContentDefinitions definitions, ChangeLog log)
{
    /// <param name="change">The change of one item, from that version.</param>
    /// <param name="fields">The fields that it changes.</param>
    public async Task<IReadOnlyList<BulkOutcome>> SaveAsync(BulkWork work, Func<BulkItem, long, ContentChange> change, IReadOnlyCollection<string> fields, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(work.Type.Name);
        var results = await content.SaveManyAsync(type.Name, [.. work.Items.Select(i => change(i, i.Version))], SaveOptions.Default, cancellationToken);
        var outcomes = results.ToDictionary(r => r.Id, BulkOutcome.Of);
        var changed = results.Where(r => r.Status == SaveStatus.Conflict).ToDictionary(r => r.Id);
        if (changed.Count > 0)
        {
            var since = await log.ReadSinceAsync(type.Name, changed.Keys, work.Items.Where(i => changed.ContainsKey(i.Id)).Min(i => i.Version), cancellationToken);
            var again = new List<ContentChange>();
            foreach (var item in work.Items.Where(i => changed.ContainsKey(i.Id)))
            {
                var touched = since.Where(c => c.RecordId == item.Id && c.Version > item.Version && c.BatchId != work.Batch).SelectMany(c => c.Fields.Keys).FirstOrDefault(f => fields.Contains(f, StringComparer.OrdinalIgnoreCase));
                if (touched is null)
                    again.Add(change(item, changed[item.Id].Version));
                else
                    outcomes[item.Id] = new(item.Id, BulkState.LeftOut, new("Somebody changed {0} in the meantime", type.Field(touched).Label));
            }
            // The records are locked since they were looked at: nobody comes in between.
            foreach (var result in await content.SaveManyAsync(type.Name, again, SaveOptions.Default, cancellationToken))
                outcomes[result.Id] = BulkOutcome.Of(result);
        }
        return [.. work.Items.Select(i => outcomes[i.Id])];
    }
}
