using System.Data.Common;
using Crm.Platform.Changes;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Records;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Platform.Content;

/// <summary>The one way in: every write of every record, whoever makes it, goes through here.</summary>
public interface IContentManager
{
    /// <summary>A record that is not stored yet, with its starting values.</summary>
    Task<ContentItem> NewAsync(string type, CancellationToken cancellationToken);

    Task<SaveResult> SaveAsync(ContentChange change, SaveOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Saves records of one type in one transaction. Those that are refused are left out and say why; the others are
    /// written. At most 1,000 at a time.
    /// </summary>
    Task<IReadOnlyList<SaveResult>> SaveManyAsync(string type, IReadOnlyList<ContentChange> changes, SaveOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// What deleting records would do to others, and the deletion of those to others again. How much is asked for does not
    /// depend on how many records there are.
    /// </summary>
    /// <param name="ids">At most 1,000.</param>
    Task<IReadOnlyList<DeleteEffect>> PreviewDeleteAsync(string type, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Moves a record to the recycle bin.</summary>
    /// <param name="version">The version that was seen; null deletes whatever it is now.</param>
    Task<SaveResult> DeleteAsync(string type, Guid id, long? version, CancellationToken cancellationToken);

    /// <summary>Takes a record out of the recycle bin and restores the links that its deletion emptied.</summary>
    Task<SaveResult> RestoreAsync(string type, Guid id, CancellationToken cancellationToken);

    /// <summary>Removes a record in the recycle bin for good; its history stays.</summary>
    Task<SaveResult> PurgeAsync(string type, Guid id, CancellationToken cancellationToken);
}

internal sealed partial class ContentManager(
    DbSession session,
    ContentDefinitions definitions,
    FieldKinds kinds,
    InvariantTexts texts,
    ChangeBinder binder,
    RecordWriter writer,
    QueryEngine queries,
    ChangeLog log,
    ActorContext actor,
    IServiceProvider services) : IContentManager
{
    private const int MaxBatch = 1000;
    private const int MaxAttempts = 5;

    /// <summary>Found when the first record is written: a handler may itself write, and so need the content manager.</summary>
    private IReadOnlyList<IContentHandler> Handlers => field ??= [.. services.GetServices<IContentHandler>()];

    /// <summary>The transaction that a save joined; 0 when it has its own.</summary>
    private int _outer;

    public async Task<ContentItem> NewAsync(string type, CancellationToken cancellationToken)
    {
        var (definition, item) = (definitions.Current.Get(type), new ContentItem(type));
        binder.ApplyDefaults(definition, item);
        await binder.BindAsync(definition, [new PendingSave(new ContentChange(type), null, item)], SaveOptions.Default.Culture, cancellationToken);
        return item;
    }

    public async Task<SaveResult> SaveAsync(ContentChange change, SaveOptions options, CancellationToken cancellationToken)
        => (await SaveManyAsync(change.Type, [change], options, cancellationToken))[0];

    public async Task<IReadOnlyList<SaveResult>> SaveManyAsync(string type, IReadOnlyList<ContentChange> changes, SaveOptions options, CancellationToken cancellationToken)
    {
        if (changes.Count > MaxBatch)
            throw new ArgumentException($"At most {MaxBatch} records at a time.", nameof(changes));
        if (changes.Count == 0)
            return [];
        _outer = session.InTransaction ? session.TransactionNumber : 0;
        try
        {
            return options.DryRun
                ? await session.TransactAndRollBackAsync(() => SaveInTransactionAsync(type, changes, options, cancellationToken), cancellationToken)
                : await TransactAsync(() => SaveOrNothingAsync(type, changes, options, cancellationToken), cancellationToken);
        }
        catch (DbException e) when (Database.IsUniqueViolation(e) && !session.InTransaction)
        {
            // Somebody else took the value between our look and our write.
            return await OneByOneAsync(changes, options, new FieldError(null, new("Another record with the same value was saved at the same moment")), cancellationToken);
        }
        catch (SaveRefusedException e) when (!session.InTransaction)
        {
            return await OneByOneAsync(changes, options, e.Reason, cancellationToken);
        }
    }

    /// <summary>All is rolled back: one by one, the one at fault is found.</summary>
    private async Task<IReadOnlyList<SaveResult>> OneByOneAsync(IReadOnlyList<ContentChange> changes, SaveOptions options, FieldError reason, CancellationToken cancellationToken)
    {
        if (changes.Count == 1)
            return [new SaveResult(SaveStatus.Invalid, changes[0].Id ?? Guid.Empty, 0, [reason])];
        var results = new List<SaveResult>(changes.Count);
        foreach (var change in changes)
            results.Add(await SaveAsync(change, options, cancellationToken));
        return results;
    }

    /// <summary>Where nothing was saved, nothing else stays either, such as an option that a refused record would have added.</summary>
    private async Task<IReadOnlyList<SaveResult>> SaveOrNothingAsync(string type, IReadOnlyList<ContentChange> changes, SaveOptions options, CancellationToken cancellationToken)
    {
        var isOwn = session.TransactionNumber != _outer;
        var results = await SaveInTransactionAsync(type, changes, options, cancellationToken);
        if (isOwn && results.All(r => !r.Succeeded))
            session.RollBack();
        return results;
    }

    private async Task<IReadOnlyList<SaveResult>> SaveInTransactionAsync(string typeName, IReadOnlyList<ContentChange> changes, SaveOptions options, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(typeName);
        var current = await LoadAsync(type, changes.Where(c => c is { IsNew: false, Id: not null }).Select(c => c.Id!.Value), cancellationToken, options.WithDeleted ? RecycleBin.With : RecycleBin.Without);
        var saves = new List<PendingSave>(changes.Count);
        var seen = new HashSet<Guid>();
        foreach (var change in changes)
        {
            saves.Add(Begin(type, change, current));
            saves[^1].PutsBack = options.PutsBack;
            if (!seen.Add(saves[^1].After.Id))
                saves[^1].Error(null, new("The record is there twice"));
        }

        await binder.BindAsync(type, saves, options.Culture, cancellationToken);
        type = definitions.Current.Get(typeName);
        var given = options.PutsBack ? saves.ToDictionary(s => s, s => Given(type, s)) : null;
        foreach (var handler in Handlers)
            await handler.SavingAsync(type, [.. saves.Where(s => s.IsValid)], cancellationToken);
        foreach (var (save, values) in given ?? [])
            save.PutBack(type, values);
        Validate(type, saves, options);
        await CheckUniqueAsync(type, saves, cancellationToken);
        RefuseLinksToRefused(type, saves);

        var valid = saves.Where(s => s.IsValid && (s.IsNew || s.Changed.Count > 0)).ToList();
        await writer.WriteAsync(type, valid, cancellationToken);
        if (valid.Count > 0)
            await RefuseStaleAsync(type, cancellationToken);
        foreach (var handler in Handlers)
            await handler.SavedAsync(type, valid, cancellationToken);
        return [.. saves.Select(Result)];
    }

    /// <summary>
    /// Whoever makes another index of words for a type waits for those who write its records, and they for them: what was
    /// written by the old definition then is written again.
    /// </summary>
    private async Task RefuseStaleAsync(ContentTypeDefinition type, CancellationToken cancellationToken)
    {
        if (session.Database.Provider != DatabaseProvider.Postgres)
            return;
        await definitions.ReloadAsync(cancellationToken);
        if (Pieces.Table(definitions.Current.Get(type.Name), kinds) != Pieces.Table(type, kinds))
            throw new StaleDefinitionException();
    }

    /// <summary>Two writers that lock the same records in another order: PostgreSQL ends one, which then simply tries again, as does who knew an old definition.</summary>
    private async Task<T> TransactAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var known = definitions.Current.Version;
            try
            {
                return await session.TransactAsync(work, cancellationToken);
            }
            catch (DbException e) when (Database.IsDeadlock(e) && !session.InTransaction && attempt < MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10 * attempt), cancellationToken);
            }
            catch (Exception e) when ((e is StaleDefinitionException || (e is DbException missing && Database.IsMissing(missing))) && !session.InTransaction && attempt < MaxAttempts)
            {
                await definitions.ReloadAsync(cancellationToken);
                if (definitions.Current.Version == known)
                    throw;
            }
        }
    }

    /// <summary>The fields that a change names, with what they are to be.</summary>
    private Dictionary<string, object?> Given(ContentTypeDefinition type, PendingSave save)
        => type.Fields.Where(f => kinds.Of(f).Parts.Any(part => save.Gives(f.Name + part))).ToDictionary(f => f.Name, f => save.After[f.Name], StringComparer.OrdinalIgnoreCase);

    private PendingSave Begin(ContentTypeDefinition type, ContentChange change, Dictionary<Guid, ContentItem> current)
    {
        if (change.IsNew || change.Id is null)
        {
            var item = new ContentItem(type.Name) { Id = change.Id ?? Guid.CreateVersion7() };
            var created = new PendingSave(change, null, item);
            if (!actor.Current.Can(type, ContentActions.Create))
                created.Refused = SaveStatus.Forbidden;
            binder.ApplyDefaults(type, item);
            return created;
        }
        var before = current.GetValueOrDefault(change.Id.Value);
        var save = new PendingSave(change, before, before?.Copy() ?? new ContentItem(type.Name) { Id = change.Id.Value });
        if (before is null)
        {
            save.Refused = SaveStatus.NotFound;
        }
        else if (!actor.Current.Can(type, ContentActions.Edit, before))
        {
            save.Refused = SaveStatus.Forbidden;
        }
        else if (change.Version is { } seen && seen != before.Version)
        {
            save.Refused = SaveStatus.Conflict;
            save.Error(null, new("Somebody changed this record in the meantime. Look at it again, then repeat your change"));
        }
        return save;
    }

    private static SaveResult Result(PendingSave save)
    {
        var version = save.After.Version;
        if (save.Refused is { } refused)
            return new(refused, save.After.Id, version, save.Errors);
        if (save.Errors.Count > 0)
            return new(SaveStatus.Invalid, save.After.Id, version, save.Errors);
        var status = save.IsNew ? SaveStatus.Created : save.Changed.Count > 0 ? SaveStatus.Updated : SaveStatus.Unchanged;
        return new(status, save.After.Id, version, []);
    }

    private void Validate(ContentTypeDefinition type, List<PendingSave> saves, SaveOptions options)
    {
        foreach (var save in saves.Where(s => s.Refused is null))
        {
            foreach (var (refusal, fields) in type.OneOf)
                if (fields.All(f => save.After[f] is null) && (save.IsNew || fields.Any(save.Changed.Contains)))
                    save.Error(fields[0], new("{0}", refusal));
            foreach (var field in type.Fields)
            {
                var value = save.After[field.Name];
                if (IsMandatory(type, field, options) && value is null && (save.IsNew || save.Changed.Contains(field.Name)) && save.Errors.All(e => e.Field != field.Name))
                    save.Error(field.Name, new("{0} is required", field.Label));
                if (value is not null && (save.IsNew || save.Changed.Contains(field.Name)) && kinds.Of(field).Validate(field, value) is { } message)
                    save.Error(field.Name, message);
            }
        }
    }

    /// <summary>Of what the system makes, only what the code requires: nobody fills in what administrators ask of people.</summary>
    private bool IsMandatory(ContentTypeDefinition type, FieldDefinition field, SaveOptions options)
        => field is { Required: true, ReadOnly: false, Hidden: false } && ((!options.MadeBySystem && !options.PutsBack) || definitions.Declared(type.Name, field.Name) is { Required: true });

    /// <summary>A record may link to a new one of its own batch; when that is refused, so is whoever links to it.</summary>
    private static void RefuseLinksToRefused(ContentTypeDefinition type, List<PendingSave> saves)
    {
        var refused = saves.Where(s => s.IsNew && !s.IsValid).ToDictionary(s => s.After.Id);
        var lookUps = type.Fields.Where(f => f.Kind == RecordLink.Kind || string.Equals(f.Target, type.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        for (var before = 0; lookUps.Count > 0 && refused.Count > before;)
        {
            before = refused.Count;
            foreach (var save in saves.Where(s => s.IsValid))
                foreach (var field in lookUps.Where(f => save.Changed.Contains(f.Name)))
                    if (LinkedRecords.IdsOf(save.After[field.Name]).Concat(save.After[field.Name] is RecordLink link ? [link.Id] : []).Select(id => refused.GetValueOrDefault(id)).FirstOrDefault(t => t is not null) is { } target)
                    {
                        save.Error(field.Name, new("{0}: “{1}” is refused itself", field.Label, target.After[type.DisplayField] ?? type.Label));
                        if (save.IsNew)
                            refused[save.After.Id] = save;
                    }
        }
    }

    /// <summary>Unique values are compared with all records, those the actor cannot see included, and with each other.</summary>
    private async Task CheckUniqueAsync(ContentTypeDefinition type, List<PendingSave> saves, CancellationToken cancellationToken)
    {
        type = await LockSeveralAsync(type, saves, cancellationToken);
        foreach (var field in type.Fields.Where(f => f.Unique))
        {
            var kind = kinds.Of(field);
            var keys = new Dictionary<object, (PendingSave Save, string Text)>();
            foreach (var save in saves.Where(s => Writes(s, field)))
                foreach (var (key, text) in UniqueKeys(kind, field, save.After[field.Name]!))
                    if (!keys.TryAdd(key, (save, text)))
                        save.Error(field.Name, field.Target is null ? new("{0} “{1}” is there twice", field.Label, text) : new("{0}: two records cannot have the same", field.Label));
            if (keys.Count == 0)
                continue;
            var (column, from) = (kind.FilterColumn(field), $"{Columns.Table(type)} t");
            var (keyType, keyColumn, id) = (column.Type, $"t.{Columns.Quoted(field, column)}", "t.\"id\"");
            if (kind is SeveralKind several)
                (keyType, keyColumn, id, from) = (several.KeyType, $"s.\"{SeveralKind.Key.Suffix}\"", "s.\"record_id\"", $"{Dialect.Quote(Columns.SideTable(type, field))} s JOIN {from} ON t.\"id\" = s.\"record_id\"");
            foreach (var chunk in keys.Keys.Chunk(MaxBatch))
            {
                var sql = new SqlText($"SELECT {id}, {keyColumn} FROM {from} WHERE t.\"deleted_at\" IS NULL AND {keyColumn} IN (");
                for (var i = 0; i < chunk.Length; i++)
                    sql.Append(i == 0 ? "" : ", ").Append(keyType, chunk[i]);
                await session.ReadAsync(sql.Append(")"), row =>
                {
                    var (save, text) = keys[Comparable(session.Dialect.Read(row, 1, keyType)!)];
                    if (save.After.Id != (Guid)session.Dialect.Read(row, 0, ColumnType.Uuid)!)
                        save.Error(field.Name, field.Target is null ? new("There is already a record with {0} “{1}”", field.Label, text) : new("There is already a record with the same {0}", field.Label));
                }, cancellationToken);
            }
        }
    }

    /// <summary>
    /// One value has a unique index for those who save at the same moment, several have none: this waits for whoever compares
    /// or changes the definition at this moment.
    /// </summary>
    /// <returns>The type as it is now that nobody else can make its fields unique before this is saved.</returns>
    private async Task<ContentTypeDefinition> LockSeveralAsync(ContentTypeDefinition type, List<PendingSave> saves, CancellationToken cancellationToken)
    {
        var several = type.Fields.Where(f => kinds.Of(f).IsSeveral && saves.Any(s => Writes(s, f))).Select(f => f.Name).ToList();
        for (var isLatest = several.Count == 0; !isLatest; type = definitions.Current.Get(type.Name))
        {
            await ValueLocks.TakeAsync(session, type, several.Select(type.Find).OfType<FieldDefinition>(), cancellationToken);
            isLatest = !await definitions.ReloadAsync(cancellationToken);
        }
        return type;
    }

    private static bool Writes(PendingSave save, FieldDefinition field)
        => save.IsValid && save.After[field.Name] is not null && (save.IsNew || save.Changed.Contains(field.Name));

    /// <summary>What a unique value is compared by, and how it is written; of several, each.</summary>
    private static IEnumerable<(object Key, string Text)> UniqueKeys(FieldKind kind, FieldDefinition field, object value)
        => kind is SeveralKind several ? several.Keys(field, value).Select(k => (Comparable(k.Key), k.Spelling)) : [(Comparable(kind.ToFilterValue(field, value)!), kind.ToInvariant(field, value))];

    /// <summary>Whole numbers are decimal in records and not in their columns.</summary>
    private static object Comparable(object key) => key is long or int ? Convert.ToDecimal(key, System.Globalization.CultureInfo.InvariantCulture) : key;

    /// <summary>The records as they are, locked until the transaction ends.</summary>
    private async Task<Dictionary<Guid, ContentItem>> LoadAsync(ContentTypeDefinition type, IEnumerable<Guid> ids, CancellationToken cancellationToken, RecycleBin bin = RecycleBin.Without)
    {
        var wanted = ids.Distinct().ToList();
        if (wanted.Count == 0)
            return [];
        if (session.Dialect.ForUpdate.Length > 0)
        {
            var sql = new SqlText($"SELECT id FROM {Columns.Table(type)} WHERE id IN (").AppendList(ColumnType.Uuid, wanted.Cast<object?>());
            await session.ReadAsync(sql.Append(") ORDER BY id").Append(session.Dialect.ForUpdate), _ => { }, cancellationToken);
        }
        var page = await queries.ListAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, wanted.Select(id => (object?)id)), Take = MaxBatch, Sort = [SystemFields.Id], Bin = bin, WithHidden = true }, cancellationToken);
        return page.Items.ToDictionary(i => i.Id);
    }
}

/// <summary>The type has been changed by somebody else since it was read, in a way that what was written does not follow; all is rolled back.</summary>
internal sealed class StaleDefinitionException : Exception;
