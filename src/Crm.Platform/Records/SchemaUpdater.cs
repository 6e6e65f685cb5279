using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;

namespace Crm.Platform.Records;

/// <summary>Makes the tables follow the definitions. It only ever adds: hiding a field or a type leaves its data.</summary>
public sealed class SchemaUpdater(DbSession session, FieldKinds kinds)
{
    public async Task ApplyAsync(IEnumerable<ContentTypeDefinition> types, CancellationToken cancellationToken)
    {
        await LockAsync(cancellationToken);
        var existing = await session.Dialect.ReadTablesAsync(session, cancellationToken);
        foreach (var type in types)
            await ApplyAsync(type, existing, cancellationToken);
    }

    internal async Task<bool> HasTableAsync(string type, CancellationToken cancellationToken)
        => (await session.Dialect.ReadTablesAsync(session, cancellationToken)).ContainsKey(Columns.Name(type));

    /// <summary>Whether a new field's columns, or its table, are there already: they are something else's then.</summary>
    internal async Task<bool> HasColumnsAsync(ContentTypeDefinition type, FieldDefinition field, CancellationToken cancellationToken)
    {
        var existing = await session.Dialect.ReadTablesAsync(session, cancellationToken);
        return (kinds.Of(field).IsSeveral && existing.ContainsKey(Columns.SideTable(type, field)))
            || (existing.TryGetValue(Columns.Name(type.Name), out var present) && kinds.Of(field).Columns(field).Any(c => present.Contains(Columns.Name(field.Name) + c.Suffix)));
    }

    /// <summary>Drops a field's columns, their indexes first.</summary>
    internal async Task DropAsync(ContentTypeDefinition type, FieldDefinition field, CancellationToken cancellationToken)
    {
        var table = Columns.Name(type.Name);
        var existing = await session.Dialect.ReadTablesAsync(session, cancellationToken);
        if (kinds.Of(field).IsSeveral)
            await session.ExecuteAsync($"DROP TABLE IF EXISTS {Dialect.Quote(Columns.SideTable(type, field))}", cancellationToken);
        string[] kindsOfIndex = ["ux", "ix"];
        foreach (var index in kindsOfIndex.Select(prefix => Columns.Index(prefix, table, KeyColumn(field))).Where(existing[""].Contains))
            await session.ExecuteAsync($"DROP INDEX {Dialect.Quote(index)}", cancellationToken);
        foreach (var column in kinds.Of(field).Columns(field).Select(c => Columns.Name(field.Name) + c.Suffix).Where(existing[table].Contains))
            await session.ExecuteAsync($"ALTER TABLE {Dialect.Quote(table)} DROP COLUMN {Dialect.Quote(column)}", cancellationToken);
    }

    /// <summary>Until the transaction ends nobody else changes definitions or tables; SQLite has one writer anyway.</summary>
    internal async Task LockAsync(CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727001)", cancellationToken);
    }

    private async Task ApplyAsync(ContentTypeDefinition type, IReadOnlyDictionary<string, ISet<string>> existing, CancellationToken cancellationToken)
    {
        var table = Columns.Name(type.Name);
        // Long texts come last: a row's first page then holds everything a list shows.
        var columns = type.Fields
            .Where(f => f.Name != SystemFields.Id)
            .OrderBy(f => kinds.Of(f).IsLong).ThenByDescending(f => f.IsSystem)
            .SelectMany(f => kinds.Of(f).Columns(f), (f, c) => (Name: Columns.Name(f.Name) + c.Suffix, c.Type))
            .ToList();
        if (!existing.TryGetValue(table, out var present))
        {
            var list = string.Join(", ", columns.Select(c => $"{Dialect.Quote(c.Name)} {session.Dialect.TypeName(c.Type)}"));
            await session.ExecuteAsync($"CREATE TABLE {Dialect.Quote(table)} (\"id\" {session.Dialect.TypeName(ColumnType.Uuid)} NOT NULL PRIMARY KEY, {list})", cancellationToken);
        }
        else
        {
            foreach (var column in columns.Where(c => !present.Contains(c.Name)))
                await session.ExecuteAsync($"ALTER TABLE {Dialect.Quote(table)} ADD COLUMN {Dialect.Quote(column.Name)} {session.Dialect.TypeName(column.Type)}", cancellationToken);
        }
        foreach (var field in type.Fields.Where(f => kinds.Of(f).IsSeveral && !existing.ContainsKey(Columns.SideTable(type, f))))
            await CreateSideTableAsync(type, field, (SeveralKind)kinds.Of(field), cancellationToken);
        await new PieceTables(session, kinds).ApplyAsync(type, existing, cancellationToken);
        var indexed = FieldIndexes.Of(type, kinds);
        foreach (var field in type.Fields.Where(f => indexed.Contains(f.Name)))
            await IndexAsync(table, field, existing[""], cancellationToken);
        foreach (var field in type.Fields.Where(f => !f.Unique))
            if (Columns.Index("ux", table, KeyColumn(field)) is var unique && existing[""].Contains(unique))
                await session.ExecuteAsync($"DROP INDEX {Dialect.Quote(unique)}", cancellationToken);
        var bin = Columns.Index("ix", table, "bin");
        if (!existing[""].Contains(bin))
            await session.ExecuteAsync($"CREATE INDEX {Dialect.Quote(bin)} ON {Dialect.Quote(table)} (\"deleted_at\", \"id\") WHERE \"deleted_at\" IS NOT NULL", cancellationToken);
    }

    /// <summary>One index answers which records have a value, without a look at the table; the other finds a record's own values.</summary>
    private async Task CreateSideTableAsync(ContentTypeDefinition type, FieldDefinition field, SeveralKind kind, CancellationToken cancellationToken)
    {
        var table = Columns.SideTable(type, field);
        string Of(ColumnType column) => session.Dialect.TypeName(column);
        await session.ExecuteAsync($"CREATE TABLE {Dialect.Quote(table)} (\"record_id\" {Of(ColumnType.Uuid)} NOT NULL, \"position\" {Of(ColumnType.Integer)} NOT NULL, "
            + $"\"{SeveralKind.Key.Suffix}\" {Of(kind.KeyType)} NOT NULL{(kind.HasSpelling ? $", \"{SeveralKind.Spelling}\" {Of(ColumnType.Text)} NOT NULL" : "")}, PRIMARY KEY (\"record_id\", \"position\"))", cancellationToken);
        await session.ExecuteAsync($"CREATE INDEX {Dialect.Quote(Columns.Index("ix", table, SeveralKind.Key.Suffix))} ON {Dialect.Quote(table)} (\"{SeveralKind.Key.Suffix}\", \"record_id\")", cancellationToken);
    }

    /// <summary>
    /// Whether a field of several values can become unique. There is no index to say so: what is written from now on is
    /// compared by the content manager.
    /// </summary>
    /// <exception cref="DefinitionRefusedException">Two records have the same value.</exception>
    internal async Task CheckUniqueAsync(ContentTypeDefinition type, FieldDefinition field, CancellationToken cancellationToken)
    {
        if (!kinds.Of(field).IsSeveral)
            return;
        await ValueLocks.TakeAsync(session, type, [field], cancellationToken);
        await CheckUniqueAsync(field, $"{Dialect.Quote(Columns.SideTable(type, field))} s JOIN {Columns.Table(type)} t ON t.\"id\" = s.\"record_id\"", $"s.\"{SeveralKind.Key.Suffix}\"", cancellationToken);
    }

    private async Task CheckUniqueAsync(FieldDefinition field, string from, string key, CancellationToken cancellationToken)
    {
        if (await session.CountAsync(new SqlText($"SELECT COUNT(*) FROM (SELECT 1 FROM {from} WHERE t.\"deleted_at\" IS NULL AND {key} IS NOT NULL GROUP BY {key} HAVING COUNT(*) > 1 LIMIT 1) c"), cancellationToken) > 0)
            throw new DefinitionRefusedException(new("{0} cannot be unique: some records have the same value", field.Label));
    }

    private string KeyColumn(FieldDefinition field) => Columns.Name(field.Name) + kinds.Of(field).FilterColumn(field).Suffix;

    /// <summary>Indexes leave deleted records out, as queries do; the id makes every order total.</summary>
    private async Task IndexAsync(string table, FieldDefinition field, ISet<string> indexes, CancellationToken cancellationToken)
    {
        var column = KeyColumn(field);
        var name = Columns.Index(field.Unique ? "ux" : "ix", table, column);
        if (indexes.Contains(name))
            return;
        if (field.Unique)
        {
            // What others are writing at this moment is waited for and counts.
            if (session.Database.Provider == DatabaseProvider.Postgres)
                await session.ExecuteAsync($"LOCK TABLE {Dialect.Quote(table)} IN SHARE MODE", cancellationToken);
            await CheckUniqueAsync(field, $"{Dialect.Quote(table)} t", $"t.{Dialect.Quote(column)}", cancellationToken);
        }
        var order = session.Database.Provider == DatabaseProvider.Postgres ? " NULLS FIRST" : "";
        var keys = field.Unique ? Dialect.Quote(column) : $"{Dialect.Quote(column)}{order}, \"id\"";
        await session.ExecuteAsync(
            $"CREATE {(field.Unique ? "UNIQUE " : "")}INDEX {Dialect.Quote(name)} ON {Dialect.Quote(table)} ({keys}) WHERE \"deleted_at\" IS NULL", cancellationToken);
    }
}
