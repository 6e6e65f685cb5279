using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.Platform.Records;

/// <summary>
/// Unique values of fields that have several: no index keeps them apart. Whoever writes such a field holds its lock until the
/// transaction ends, together with others while it need not be unique, alone when it must; so does whoever makes it unique.
/// SQLite has one writer anyway.
/// </summary>
internal static class ValueLocks
{
    private const int Space = 727002;

    public static async Task TakeAsync(DbSession session, ContentTypeDefinition type, IEnumerable<FieldDefinition> fields, CancellationToken cancellationToken)
    {
        if (session.Database.Provider != DatabaseProvider.Postgres)
            return;
        var sql = new SqlText("SELECT ");
        var separator = "";
        foreach (var field in fields.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            sql.Append($"{separator}pg_advisory_xact_lock{(field.Unique ? "" : "_shared")}({Space}, hashtext(").Append(ColumnType.Text, $"{type.Name}.{field.Name}").Append("))");
            separator = ", ";
        }
        await session.ReadAsync(sql, _ => { }, cancellationToken);
    }
}
