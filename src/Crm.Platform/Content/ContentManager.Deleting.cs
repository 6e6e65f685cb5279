using System.Data.Common;
using Crm.Platform.Changes;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Records;
using Crm.Platform.Security;

namespace Crm.Platform.Content;

/// <content>Deleting, restoring and purging, with what that means for the records that point to one.</content>
internal sealed partial class ContentManager
{
    public async Task<SaveResult> DeleteAsync(string type, Guid id, long? version, CancellationToken cancellationToken)
    {
        try
        {
            return await TransactAsync(() => DeleteInTransactionAsync(definitions.Current.Get(type), id, version, cancellationToken), cancellationToken);
        }
        catch (SaveRefusedException e) when (!session.InTransaction)
        {
            return (e as DeleteRefusedException)?.Refused ?? new(SaveStatus.Invalid, id, 0, [e.Reason]);
        }
    }

    private async Task<SaveResult> DeleteInTransactionAsync(ContentTypeDefinition type, Guid id, long? version, CancellationToken cancellationToken)
    {
        if (!(await LoadAsync(type, [id], cancellationToken)).TryGetValue(id, out var item))
            return new(SaveStatus.NotFound, id, 0, []);
        if (!actor.Current.Can(type, ContentActions.Delete, item))
            return new(SaveStatus.Forbidden, id, item.Version, []);
        if (version is { } seen && seen != item.Version)
            return new(SaveStatus.Conflict, id, item.Version, [new(null, new("Somebody changed this record in the meantime. Look at it again, then repeat your change"))]);
        foreach (var handler in Handlers)
            if (await handler.DeletingAsync(type, item, cancellationToken) is { } message)
                return new(SaveStatus.Invalid, id, item.Version, [new(null, message)]);
        var effects = await PointingToAsync(type, id, cancellationToken);
        if (effects.FirstOrDefault(e => e.LookUp.OnDelete == OnDelete.Restrict) is { } restricting)
            return new(SaveStatus.Invalid, id, item.Version, [new(null, new("It cannot be deleted while {0} of {1} point to it", restricting.Count, restricting.Type.PluralLabel))]);
        if (effects.Sum(e => e.Count) > MaxBatch)
            return new(SaveStatus.Invalid, id, item.Version, [new(null, new("More than {0} records point to it. Point them elsewhere first", MaxBatch))]);
        // First, so that a circle of cascades comes to an end.
        await writer.SetDeletedAsync(type, item, deleted: true, cancellationToken);
        foreach (var handler in Handlers)
            await handler.DeletedAsync(type, item, cancellationToken);
        foreach (var effect in effects)
        {
            if (await PropagateAsync(effect, id, await ReadIdsAsync(PointingTo([id], effect.Type, effect.LookUp), cancellationToken), cancellationToken) is { } refused)
                throw new DeleteRefusedException(refused);
        }
        return new(SaveStatus.Deleted, id, item.Version, []);
    }

    /// <summary>What the deletion of one record meets at once.</summary>
    private async Task<List<DeleteEffect>> PointingToAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
    {
        var effects = new List<DeleteEffect>();
        foreach (var (other, field) in LookUpsTo(type.Name))
            if (await CountAsync(PointingTo([id], other, field), cancellationToken) is > 0 and var count)
                effects.Add(new(other, field, count));
        return effects;
    }

    /// <summary>The records whose look-up or link to any record points to one of some, from FROM on.</summary>
    private SqlText PointingTo(IEnumerable<Guid> ids, ContentTypeDefinition type, FieldDefinition field, RecycleBin bin = RecycleBin.Without)
    {
        var sql = new SqlText($" FROM {Columns.Table(type)} WHERE \"deleted_at\" IS {(bin == RecycleBin.Only ? "NOT " : "")}NULL AND ");
        return kinds.Of(field).IsSeveral
            ? sql.Append($"\"id\" IN (SELECT \"record_id\" FROM {Dialect.Quote(Columns.SideTable(type, field))} WHERE \"{SeveralKind.Key.Suffix}\" IN (").AppendList(ColumnType.Uuid, ids.Cast<object?>()).Append("))")
            : sql.Append($"{Dialect.Quote(Columns.Name(field.Name))} IN (").AppendList(ColumnType.Uuid, ids.Cast<object?>()).Append(")");
    }

    /// <summary>At most one more than <see cref="QueryEngine.CountCap"/>.</summary>
    private Task<long> CountAsync(SqlText from, CancellationToken cancellationToken)
        => session.CountAsync(new SqlText("SELECT COUNT(*) FROM (SELECT 1").Append(from).Append(" LIMIT ").Append(ColumnType.Integer, QueryEngine.CountCap + 1L).Append(") c"), cancellationToken);

    private Task<List<Guid>> ReadIdsAsync(SqlText from, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText("SELECT \"id\"").Append(from), r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);

    /// <summary>Takes the record out of the look-ups, or deletes the records, as the definition says; integrity does not depend on the actor's rights to them.</summary>
    private Task<SaveResult?> PropagateAsync(DeleteEffect effect, Guid gone, List<Guid> ids, CancellationToken cancellationToken)
        => actor.AsSystemAsync(async () =>
        {
            if (effect.LookUp.OnDelete == OnDelete.Cascade)
            {
                foreach (var id in ids)
                    if (await DeleteInTransactionAsync(effect.Type, id, null, cancellationToken) is { Succeeded: false } refused)
                        return refused;
                return null;
            }
            var (type, field) = (effect.Type, effect.LookUp.Name);
            var several = kinds.Of(effect.LookUp).IsSeveral ? await LoadAsync(type, ids, cancellationToken) : [];
            var clear = ids.Select(id => new ContentChange(type.Name) { Id = id, Values = { [field] = Without(several.GetValueOrDefault(id)?[field], one => one == gone) } }).ToList();
            return (await SaveInTransactionAsync(effect.Type.Name, clear, SaveOptions.Default, cancellationToken)).FirstOrDefault(r => !r.Succeeded);
        });

    /// <summary>What is left of a look-up, or of several, without those that are gone.</summary>
    private static ValueList<Guid>? Without(object? value, Func<Guid, bool> isGone)
        => value is ValueList<Guid> ids && new ValueList<Guid>(ids.Where(id => !isGone(id))) is { Count: > 0 } left ? left : null;

    public async Task<SaveResult> RestoreAsync(string type, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            return await TransactAsync(async () =>
            {
                var definition = definitions.Current.Get(type);
                if (!(await LoadAsync(definition, [id], cancellationToken, RecycleBin.Only)).TryGetValue(id, out var item))
                    return new(SaveStatus.NotFound, id, 0, []);
                if (!actor.Current.Can(definition, ContentActions.Delete, item))
                    return new(SaveStatus.Forbidden, id, item.Version, []);
                return await RestoreInTransactionAsync(definition, item, cancellationToken);
            }, cancellationToken);
        }
        catch (DbException e) when (Database.IsUniqueViolation(e) && !session.InTransaction)
        {
            return new(SaveStatus.Invalid, id, 0, [new(null, new("Another record with the same value was saved at the same moment"))]);
        }
        catch (SaveRefusedException e) when (!session.InTransaction)
        {
            return new(SaveStatus.Invalid, id, 0, [e.Reason]);
        }
    }

    /// <summary>
    /// A restored record is checked like a new one: its unique values may have been taken since, what it points to may be
    /// gone, and its module may have other reasons.
    /// </summary>
    private async Task<SaveResult> RestoreInTransactionAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        foreach (var handler in Handlers)
            if (await handler.RestoringAsync(type, item, cancellationToken) is { } message)
                return new(SaveStatus.Invalid, item.Id, item.Version, [new(null, message)]);
        var save = new PendingSave(new ContentChange(type.Name) { Id = item.Id }, null, item);
        await CheckUniqueAsync(type, [save], cancellationToken);
        var gone = await LinksToNothingAsync(type, item, cancellationToken);
        foreach (var (field, _, isForGood) in gone)
            if (field.OnDelete == OnDelete.Cascade || (field.OnDelete == OnDelete.Restrict && !isForGood) || IsMandatory(type, field, SaveOptions.BySystem))
                save.Error(field.Name, isForGood ? new("What {0} led to was removed for good", field.Label) : new("{0} is deleted; restore it first", field.Label));
        if (save.Errors.Count > 0)
            return new(SaveStatus.Invalid, item.Id, item.Version, save.Errors);
        var deletion = (await log.ReadHistoryAsync(type.Name, item.Id, 50, cancellationToken)).FirstOrDefault(c => c.Kind == ChangeKind.Deleted);
        await writer.SetDeletedAsync(type, item, deleted: false, cancellationToken);
        // Integrity does not depend on the actor's rights to the records that it touches.
        await actor.AsSystemAsync(async () =>
        {
            if (gone.Count > 0)
                (await SaveInTransactionAsync(type.Name, [new ContentChange(type.Name) { Id = item.Id, Values = gone.ToDictionary(g => g.Field.Name, g => (object?)Without(item[g.Field.Name], g.Ids.Contains)) }], SaveOptions.BySystem, cancellationToken)).Demand(_ => item.DisplayText);
            if (deletion is not null)
                await RestoreLinksAsync(deletion, cancellationToken);
        });
        return new SaveResult(SaveStatus.Restored, item.Id, item.Version, []);
    }

    /// <summary>
    /// Look-ups whose records are not there any more, which ones, and whether all of these were removed for good. Links to
    /// any record keep to one in the recycle bin. What is there cannot be deleted before the transaction ends.
    /// </summary>
    private async Task<List<(FieldDefinition Field, HashSet<Guid> Ids, bool IsForGood)>> LinksToNothingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        var gone = new List<(FieldDefinition, HashSet<Guid>, bool)>();
        foreach (var field in type.Fields.Where(f => !f.IsSystem))
        {
            var link = item[field.Name] as RecordLink;
            var ids = link is null ? LinkedRecords.IdsOf(item[field.Name]).ToHashSet() : [link.Id];
            if (ids.Count == 0 || definitions.Current.Find(link?.Type ?? field.Target ?? "") is not { } other)
                continue;
            var there = new SqlText($"SELECT \"id\", \"deleted_at\" FROM {Columns.Table(other)} WHERE \"id\" IN (").AppendList(ColumnType.Uuid, ids.Cast<object?>())
                .Append($") ORDER BY \"id\"{session.Dialect.ForShare}");
            var isForGood = true;
            await session.ReadAsync(there, row =>
            {
                if (row.IsDBNull(1) || link is not null)
                    ids.Remove((Guid)session.Dialect.Read(row, 0, ColumnType.Uuid)!);
                else
                    isForGood = false;
            }, cancellationToken);
            if (ids.Count > 0)
                gone.Add((InForce(field), ids, isForGood));
        }
        return gone;
    }

    /// <summary>Brings back what went with the record: those deleted with it, as far as they can be restored, and emptied look-ups.</summary>
    private async Task RestoreLinksAsync(Change deletion, CancellationToken cancellationToken)
    {
        foreach (var change in await log.ReadBatchAsync(deletion.BatchId, cancellationToken))
        {
            if (definitions.Current.Find(change.ContentType) is not { } other || change.RecordId == deletion.RecordId)
                continue;
            if (change.Kind == ChangeKind.Deleted)
            {
                var gone = (await LoadAsync(other, [change.RecordId], cancellationToken, RecycleBin.Only)).GetValueOrDefault(change.RecordId);
                if (gone is not null && LookUpsTo(deletion.ContentType).Any(l => l.Type.Name == other.Name && LinkedRecords.IdsOf(gone[l.Field.Name]).Contains(deletion.RecordId)))
                    await RestoreInTransactionAsync(other, gone, cancellationToken);
            }
            if (change.Kind == ChangeKind.Updated && change.Fields.Any(f => WasTakenOut(f.Value))
                && (await LoadAsync(other, [change.RecordId], cancellationToken)).GetValueOrDefault(change.RecordId) is { } now
                && Back(other, now, change) is { Count: > 0 } values)
                await SaveInTransactionAsync(other.Name, [new ContentChange(other.Name) { Id = change.RecordId, Values = values }], new SaveOptions { PutsBack = true }, cancellationToken);
        }

        // The look-ups that held the record, and with them what followed from its absence; but not what somebody has changed since.
        Dictionary<string, object?> Back(ContentTypeDefinition type, ContentItem now, Change change)
        {
            var back = new Dictionary<string, object?>();
            foreach (var (name, value) in change.Fields.Where(f => WasTakenOut(f.Value)))
            {
                var ids = LinkedRecords.IdsOf(now[name]).ToList();
                if (type.Find(name) is not { Target: not null } field || (field.LeadsTo is not null && ids.Count > 0))
                    continue;
                ids.Insert(Math.Min(Held(value.Old), ids.Count), deletion.RecordId);
                back[name] = field.LeadsTo is null ? new ValueList<Guid>(ids) : deletion.RecordId;
            }
            if (back.Count > 0)
                foreach (var (name, value) in change.Fields.Where(f => !WasTakenOut(f.Value)))
                    if (type.Find(name) is { } field && (!field.IsSystem || !field.ReadOnly)
                        && (now[name] is { } held ? kinds.Of(field).ToInvariant(field, held) : null) == value.New
                        && (texts.ValueOf(field, value.Old) is var old && (old is not null || string.IsNullOrEmpty(value.Old))))
                        back[name] = old;
            return back;
        }

        bool WasTakenOut(FieldChange value) => Held(value.Old) >= 0 && Held(value.New) < 0;

        // Where in a logged look-up, or several, the record stood.
        int Held(string? text) => text is null ? -1 : TextList.Split(text).ToList().IndexOf(deletion.RecordId.ToString("D"));
    }

    public async Task<SaveResult> PurgeAsync(string type, Guid id, CancellationToken cancellationToken)
    {
        try
        {
            return await TransactAsync(() => PurgeInTransactionAsync(definitions.Current.Get(type), id, cancellationToken), cancellationToken);
        }
        catch (SaveRefusedException e) when (!session.InTransaction)
        {
            return (e as DeleteRefusedException)?.Refused ?? new(SaveStatus.Invalid, id, 0, [e.Reason]);
        }
    }

    private async Task<SaveResult> PurgeInTransactionAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
    {
        if (!(await LoadAsync(type, [id], cancellationToken, RecycleBin.Only)).TryGetValue(id, out var item))
            return new(SaveStatus.NotFound, id, 0, []);
        if (actor.Current.ScopeOf(type.Permission(ContentActions.Delete)) != PermissionScope.All)
            return new(SaveStatus.Forbidden, id, item.Version, []);
        if (await CountRecordLinksAsync(id, cancellationToken) > QueryEngine.CountCap)
            return new(SaveStatus.Invalid, id, item.Version, [new(null, new("More than {0} records point to it. Point them elsewhere first", QueryEngine.CountCap))]);
        foreach (var handler in Handlers)
            if (await handler.PurgingAsync(type, item, cancellationToken) is { } message)
                return new(SaveStatus.Invalid, id, item.Version, [new(null, message)]);
        await writer.PurgeAsync(type, item, cancellationToken);
        foreach (var handler in Handlers)
            await handler.PurgedAsync(type, item, cancellationToken);
        // Integrity does not depend on the actor's rights to the records that it touches.
        var refused = await actor.AsSystemAsync(async () => await PurgeWhatWentWithItAsync(type, id, cancellationToken) ?? await EmptyRecordLinksAsync(id, cancellationToken));
        return refused is null ? new SaveResult(SaveStatus.Deleted, id, item.Version, []) : throw new DeleteRefusedException(refused);
    }

    /// <summary>What was deleted with a record, such as a ticket's messages, cannot be restored without it and ends with it.</summary>
    private async Task<SaveResult?> PurgeWhatWentWithItAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
    {
        foreach (var (other, field) in LookUpsTo(type.Name).Where(l => l.Field.OnDelete == OnDelete.Cascade))
            foreach (var part in await ReadIdsAsync(PointingTo([id], other, field, RecycleBin.Only), cancellationToken))
                if (await PurgeInTransactionAsync(other, part, cancellationToken) is { Status: not (SaveStatus.Deleted or SaveStatus.NotFound) } refused)
                    return refused;
        return null;
    }

    /// <summary>Links from any type stay while a record can still be restored, and end with it; those of records in the recycle bin when they come back.</summary>
    private async Task<SaveResult?> EmptyRecordLinksAsync(Guid id, CancellationToken cancellationToken)
    {
        foreach (var (type, field) in RecordLinks)
            foreach (var chunk in (await ReadIdsAsync(PointingTo([id], type, field), cancellationToken)).Chunk(MaxBatch))
                if ((await SaveInTransactionAsync(type.Name, [.. chunk.Select(i => new ContentChange(type.Name) { Id = i, Values = { [field.Name] = null } })], SaveOptions.Default, cancellationToken))
                    .FirstOrDefault(r => !r.Succeeded) is { } refused)
                    return refused;
        return null;
    }

    /// <summary>Exact up to one more than 10,000.</summary>
    private async Task<long> CountRecordLinksAsync(Guid id, CancellationToken cancellationToken)
    {
        var count = 0L;
        foreach (var (type, field) in RecordLinks)
            count += await CountAsync(PointingTo([id], type, field), cancellationToken);
        return count;
    }

    private IEnumerable<(ContentTypeDefinition Type, FieldDefinition Field)> RecordLinks
        => definitions.Current.Types.SelectMany(t => t.Fields.Where(f => f.Kind == RecordLink.Kind), (t, f) => (t, f));

    private IEnumerable<(ContentTypeDefinition Type, FieldDefinition Field)> LookUpsTo(string type)
        => definitions.Current.PointingTo(type).Where(p => !p.Field.IsSystem).Select(p => (p.Type, InForce(p.Field)));

    /// <summary>A deleted field, which nobody sees, does not rule what happens to records; it only loses what is gone.</summary>
    private static FieldDefinition InForce(FieldDefinition lookUp) => lookUp.DeletedAt is null ? lookUp : lookUp with { OnDelete = OnDelete.Clear };
}

/// <summary>A record that would be deleted with another refuses; all is rolled back.</summary>
internal sealed class DeleteRefusedException(SaveResult refused) : SaveRefusedException(refused.Errors is [var error, ..] ? error : new(null, new("It cannot be deleted")))
{
    public SaveResult Refused { get; } = refused;
}
