using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;

namespace Crm.Platform.Records;

/// <summary>Keeps each type's index of pieces: makes it, fills it from the records that there are, and follows what is written.</summary>
internal sealed class PieceTables(DbSession session, FieldKinds kinds)
{
    private const int Batch = 2000;

    /// <param name="existing">Tables and their columns before the type's own table was made.</param>
    public async Task ApplyAsync(ContentTypeDefinition type, IReadOnlyDictionary<string, ISet<string>> existing, CancellationToken cancellationToken)
    {
        var table = Pieces.Table(type, kinds);
        var prefix = Pieces.Prefix(type);
        var outdated = existing.Keys.Where(t => t.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && t.Length == prefix.Length + 8 && t != table).ToList();
        // What others are writing at this moment is waited for and counts.
        if ((outdated.Count > 0 || (table is not null && !existing.ContainsKey(table))) && existing.ContainsKey(Columns.Name(type.Name)) && session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync($"LOCK TABLE {Columns.Table(type)} IN SHARE MODE", cancellationToken);
        foreach (var old in outdated)
            foreach (var statement in session.Dialect.DropPieces(old))
                await session.ExecuteAsync(statement, cancellationToken);
        if (table is null || existing.ContainsKey(table))
            return;
        foreach (var statement in session.Dialect.CreatePieces(table))
            await session.ExecuteAsync(statement, cancellationToken);
        if (existing.ContainsKey(Columns.Name(type.Name)))
            await FillAsync(type, table, cancellationToken);
    }

    public async Task WriteAsync(ContentTypeDefinition type, IEnumerable<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (Pieces.Table(type, kinds) is not { } table)
            return;
        var rows = saves.Select(s => (s.After.Id, Pieces: Pieces.Of(type, kinds, s.After), Before: s.Before is null ? null : Pieces.Of(type, kinds, s.Before)))
            .Where(s => s.Pieces != s.Before).Select(s => (s.Id, s.Pieces)).ToList();
        await session.WritePiecesAsync(table, rows, cancellationToken);
    }

    public async Task DeleteAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
    {
        if (Pieces.Table(type, kinds) is { } table)
            await session.WritePiecesAsync(table, [(id, "")], cancellationToken);
    }

    private async Task FillAsync(ContentTypeDefinition type, string table, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", Pieces.Fields(type, kinds).Select(f => Columns.Quoted(f, kinds.Of(f).FilterColumn(f))));
        for (Guid? last = null; ;)
        {
            var sql = new SqlText($"SELECT \"id\", {columns} FROM {Columns.Table(type)}");
            if (last is { } after)
                sql.Append(" WHERE \"id\" > ").Append(ColumnType.Uuid, after);
            var rows = await session.ReadAsync(sql.Append(" ORDER BY \"id\" LIMIT ").Append(ColumnType.Integer, (long)Batch), reader => (
                Id: (Guid)session.Dialect.Read(reader, 0, ColumnType.Uuid)!,
                Pieces: Pieces.Of(Enumerable.Range(1, reader.FieldCount - 1).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i)))), cancellationToken);
            await session.WritePiecesAsync(table, rows, cancellationToken);
            if (rows.Count < Batch)
                return;
            last = rows[^1].Id;
        }
    }
}
