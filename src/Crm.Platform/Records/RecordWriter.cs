using System.Globalization;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Security;

namespace Crm.Platform.Records;

/// <summary>Writes rows and their log. Called by the content manager only, inside its transaction.</summary>
internal sealed class RecordWriter(DbSession session, FieldKinds kinds, Sequences sequences, ChangeLog log, ActorContext actor, TimeProvider clock)
{
    private static readonly HashSet<string> Unlogged = new(StringComparer.OrdinalIgnoreCase)
    {
        SystemFields.Id, SystemFields.DisplayText, SystemFields.CreatedAt, SystemFields.CreatedBy, SystemFields.ModifiedAt,
        SystemFields.ModifiedBy, SystemFields.Version, SystemFields.DeletedAt, SystemFields.DeletedBy,
    };

    public async Task WriteAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        var now = Now;
        var created = saves.Where(s => s.IsNew).ToList();
        await NumberAsync(type, created, cancellationToken);
        foreach (var save in saves)
        {
            var item = save.After;
            item.Version = (save.Before?.Version ?? 0) + 1;
            item.DisplayText = DisplayText(type, item);
            foreach (var (field, value) in new (string, object?)[] { (SystemFields.ModifiedAt, now), (SystemFields.ModifiedBy, actor.Current.UserId), (SystemFields.CreatedAt, now), (SystemFields.CreatedBy, actor.Current.UserId) })
                if (!save.Gives(field) && (save.IsNew || field is SystemFields.ModifiedAt or SystemFields.ModifiedBy))
                    item[field] = value;
        }
        await InsertAsync(type, created, cancellationToken);
        await UpdateAsync(type, [.. saves.Where(s => !s.IsNew)], cancellationToken);
        await WriteSidesAsync(type, saves, cancellationToken);
        await new PieceTables(session, kinds).WriteAsync(type, saves, cancellationToken);
        foreach (var save in saves)
            log.Append(type.Name, save.After.Id, save.IsNew ? ChangeKind.Created : ChangeKind.Updated, save.After.Version, FieldChanges(type, save));
    }

    public async Task SetDeletedAsync(ContentTypeDefinition type, ContentItem item, bool deleted, CancellationToken cancellationToken)
    {
        item.Version++;
        await session.ExecuteAsync(new SqlText($"UPDATE {Columns.Table(type)} SET ").Append("\"deleted_at\" = {}, \"deleted_by\" = {}, \"version\" = {} WHERE \"id\" = {}",
            (ColumnType.DateTime, deleted ? Now : null), (ColumnType.Uuid, deleted ? actor.Current.UserId : null),
            (ColumnType.Integer, item.Version), (ColumnType.Uuid, item.Id)), cancellationToken);
        log.Append(type.Name, item.Id, deleted ? ChangeKind.Deleted : ChangeKind.Restored, item.Version, new Dictionary<string, FieldChange>());
    }

    public async Task PurgeAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(new SqlText($"DELETE FROM {Columns.Table(type)} WHERE \"id\" = ").Append(ColumnType.Uuid, item.Id), cancellationToken);
        foreach (var field in type.Fields.Where(f => kinds.Of(f).IsSeveral))
            await session.ExecuteAsync(DeleteSide(type, field, item.Id), cancellationToken);
        await new PieceTables(session, kinds).DeleteAsync(type, item.Id, cancellationToken);
        log.Append(type.Name, item.Id, ChangeKind.Purged, item.Version + 1, new Dictionary<string, FieldChange>());
    }

    private DateTime Now => clock.Now();

    private async Task NumberAsync(ContentTypeDefinition type, List<PendingSave> created, CancellationToken cancellationToken)
    {
        foreach (var field in type.Fields.Where(f => f.Kind == "autoNumber"))
        {
            await sequences.SkipPastAsync(type.Name, field, created.Select(s => s.After[field.Name]).OfType<string>(), cancellationToken);
            var missing = created.Where(s => s.After[field.Name] is null).ToList();
            if (missing.Count == 0)
                continue;
            var next = await sequences.ReserveAsync(type.Name, field.Name, missing.Count, cancellationToken);
            foreach (var save in missing)
                save.Set(field.Name, AutoNumberField.Next(field, next++));
        }
    }

    private async Task InsertAsync(ContentTypeDefinition type, List<PendingSave> created, CancellationToken cancellationToken)
    {
        if (created.Count == 0)
            return;
        // Columns that none of the records fills are left out.
        var fields = type.Fields.Where(f => created.Any(s => s.After[f.Name] is not null)).Select(f => (Field: f, Kind: kinds.Of(f))).ToList();
        var columns = fields.SelectMany(f => f.Kind.Columns(f.Field), (f, c) => new Column(Columns.Name(f.Field.Name) + c.Suffix, c.Type)).ToList();
        var rows = new List<object?[]>(created.Count);
        foreach (var save in created)
        {
            var row = new object?[columns.Count];
            var at = 0;
            foreach (var (field, kind) in fields)
            {
                var values = kind.ToColumns(field, save.After[field.Name]);
                values.CopyTo(row, at);
                at += values.Length;
            }
            rows.Add(row);
        }
        await session.InsertAsync(Columns.Name(type.Name), columns, rows, cancellationToken);
    }

    private async Task UpdateAsync(ContentTypeDefinition type, List<PendingSave> changed, CancellationToken cancellationToken)
    {
        var touched = await session.ExecuteManyAsync(changed.ConvertAll(s => Update(type, s)), cancellationToken);
        if (touched.Any(rows => rows != 1))
            throw new InvalidOperationException($"One of the {changed.Count} records of {type.Name} changed under its lock.");
    }

    private SqlText Update(ContentTypeDefinition type, PendingSave save)
    {
        var sql = new SqlText($"UPDATE {Columns.Table(type)} SET ");
        var names = save.Changed.Union([SystemFields.DisplayText, SystemFields.ModifiedAt, SystemFields.ModifiedBy, SystemFields.Version]);
        var first = true;
        foreach (var field in names.Select(type.Field))
        {
            var kind = kinds.Of(field);
            var values = kind.ToColumns(field, save.After[field.Name]);
            var columns = kind.Columns(field);
            for (var i = 0; i < columns.Count; i++)
            {
                sql.Append(first ? "" : ", ").Append(Columns.Quoted(field, columns[i])).Append(" = ").Append(columns[i].Type, values[i]);
                first = false;
            }
        }
        return sql.Append(" WHERE \"id\" = ").Append(ColumnType.Uuid, save.After.Id).Append(" AND \"version\" = ").Append(ColumnType.Integer, save.Before!.Version);
    }

    /// <summary>Keeps the tables with a row for each of several values as the records are.</summary>
    private async Task WriteSidesAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        foreach (var field in type.Fields.Where(f => kinds.Of(f).IsSeveral))
        {
            var kind = (SeveralKind)kinds.Of(field);
            var rows = new List<object?[]>();
            var written = saves.Where(s => s.IsNew || s.Changed.Contains(field.Name)).ToList();
            await session.ExecuteManyAsync([.. written.Where(s => s.Before?[field.Name] is not null).Select(s => DeleteSide(type, field, s.After.Id))], cancellationToken);
            foreach (var save in written)
                if (save.After[field.Name] is { } value)
                    rows.AddRange(kind.Keys(field, value).Select((k, i) => kind.HasSpelling ? new object?[] { save.After.Id, (long)i, k.Key, k.Spelling } : [save.After.Id, (long)i, k.Key]));
            if (rows.Count == 0)
                continue;
            List<Column> columns = [new("record_id", ColumnType.Uuid), new("position", ColumnType.Integer), new(SeveralKind.Key.Suffix, kind.KeyType)];
            if (kind.HasSpelling)
                columns.Add(new(SeveralKind.Spelling, ColumnType.Text));
            await session.InsertAsync(Columns.SideTable(type, field), columns, rows, cancellationToken);
        }
    }

    private static SqlText DeleteSide(ContentTypeDefinition type, FieldDefinition field, Guid id)
        => new SqlText($"DELETE FROM {Dialect.Quote(Columns.SideTable(type, field))} WHERE \"record_id\" = ").Append(ColumnType.Uuid, id);

    private string DisplayText(ContentTypeDefinition type, ContentItem item)
        => type.Find(type.DisplayField) is { } field && item[field.Name] is { } value ? kinds.Of(field).ToInvariant(field, value) : "";

    private Dictionary<string, FieldChange> FieldChanges(ContentTypeDefinition type, PendingSave save)
    {
        var changes = new Dictionary<string, FieldChange>();
        foreach (var field in type.Fields.Where(f => !Unlogged.Contains(f.Name) && (save.IsNew || save.Changed.Contains(f.Name))))
        {
            var old = Text(field, save.Before?[field.Name]);
            var now = Text(field, save.After[field.Name]);
            if (old != now)
                changes[field.Name] = new(old, now);
        }
        return changes;
    }

    private string? Text(FieldDefinition field, object? value) => value is null ? null : kinds.Of(field).ToInvariant(field, value);
}

/// <summary>Counters of automatic numbers. They are part of the transaction: a number that was given is on a record.</summary>
internal sealed class Sequences(DbSession session)
{
    private const int Space = 727006;

    /// <summary>Takes numbers; returns the first.</summary>
    public async Task<long> ReserveAsync(string type, string field, int count, CancellationToken cancellationToken)
    {
        await LockAsync(type, field, cancellationToken);
        var last = await session.CountAsync(new SqlText().Append(
            "INSERT INTO crm_sequences (name, value) VALUES ({}, {}) ON CONFLICT (name) DO UPDATE SET value = crm_sequences.value + excluded.value RETURNING value",
            (ColumnType.Text, $"{type}.{field}"), (ColumnType.Integer, (long)count)), cancellationToken);
        return last - count + 1;
    }

    /// <summary>After numbers that came with an import, the next one given must be higher than all of them.</summary>
    public async Task SkipPastAsync(string type, FieldDefinition field, IEnumerable<string> given, CancellationToken cancellationToken)
    {
        var highest = given.Select(text => Counter(field, text)).Max();
        if (highest is null)
            return;
        await LockAsync(type, field.Name, cancellationToken);
        await session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_sequences (name, value) VALUES ({}, {}) ON CONFLICT (name) DO UPDATE SET value = CASE WHEN excluded.value > crm_sequences.value THEN excluded.value ELSE crm_sequences.value END",
            (ColumnType.Text, $"{type}.{field.Name}"), (ColumnType.Integer, highest)), cancellationToken);
    }

    /// <summary>Who waits for a row's lock may be overtaken by who comes later; an advisory lock is given in turn.</summary>
    private async Task LockAsync(string type, string field, CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync(new SqlText($"SELECT pg_advisory_xact_lock({Space}, hashtext(").Append(ColumnType.Text, $"{type}.{field}").Append("))"), cancellationToken);
    }

    /// <summary>The counter in a number of the field's own pattern; null in any other text.</summary>
    private static long? Counter(FieldDefinition field, string text)
    {
        var around = field.Pattern!.Split('{', '}');
        return text.Length > around[0].Length + around[^1].Length && text.Length < 60
            && long.TryParse(text.AsSpan(around[0].Length, text.Length - around[0].Length - around[^1].Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < 1_000_000_000_000_000 && AutoNumberField.Next(field, number) == text ? number : null;
    }
}
