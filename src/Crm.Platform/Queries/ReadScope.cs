using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Records;
using Crm.Platform.Security;

namespace Crm.Platform.Queries;

/// <summary>Which records of a type the actor may see, as conditions that every table of a query gets.</summary>
internal sealed class ReadScope(DefinitionSet definitions, Actor actor)
{
    /// <summary>Whether the actor sees only some records of a type.</summary>
    public bool IsLimited(ContentTypeDefinition type) => actor.ScopeOf(type.Permission(ContentActions.View)) is PermissionScope.Own or PermissionScope.Team;

    /// <summary>The conditions, each after an AND; none when all may be seen.</summary>
    /// <param name="at">The alias of the type's table.</param>
    /// <param name="noIndex">Stands before columns whose index is not to be used.</param>
    public SqlText Of(ContentTypeDefinition type, string at, string noIndex = "")
    {
        var sql = Own(type, at, noIndex);
        return type.ScopedBy is { } through && !actor.IsSystem ? sql.Append(Through(type.Field(through), at)) : sql;
    }

    /// <summary>Ids of the records that a limited scope reaches: the user's own, and those of the teams, each from its index.</summary>
    public SqlText Reach(ContentTypeDefinition type)
    {
        var from = $"SELECT \"id\" FROM {Columns.Table(type)} WHERE \"deleted_at\" IS NULL AND ";
        var sql = new SqlText($"{from}\"owner\" = ").Append(ColumnType.Uuid, actor.UserId ?? Guid.Empty);
        if (actor.ScopeOf(type.Permission(ContentActions.View)) == PermissionScope.Team && actor.Teams.Count > 0)
            sql.Append($" UNION ALL {from}\"team\" IN (").AppendList(ColumnType.Uuid, actor.Teams.Select(t => (object?)t)).Append(")");
        return sql;
    }

    /// <summary>Only what belongs to a record that the actor may see.</summary>
    private SqlText Through(FieldDefinition link, string at)
    {
        var column = $"{at}.{Dialect.Quote(Columns.Name(link.Name))}";
        if (link.Target is { } only)
            return Visible(definitions.Get(only)) is { } one ? new SqlText(" AND ").Append(one) : new SqlText();
        var sql = new SqlText(" AND (1 = 0");
        foreach (var type in definitions.Types.Where(t => actor.Can(t, ContentActions.View) && t.ScopedBy is null))
        {
            sql.Append($" OR ({at}.{Dialect.Quote(Columns.Name(link.Name) + "_type")} = ").Append(ColumnType.Text, type.Name);
            if (Visible(type) is { } visible)
                sql.Append(" AND ").Append(visible);
            sql.Append(")");
        }
        return sql.Append(")");

        // Null when all of the type may be seen.
        SqlText? Visible(ContentTypeDefinition type) => Own(type, "s", "") is var scope && scope.ToString().Length == 0
            ? null
            : new SqlText($"EXISTS (SELECT 1 FROM {Columns.Table(type)} s WHERE s.\"id\" = {column}").Append(scope).Append(")");
    }

    private SqlText Own(ContentTypeDefinition type, string at, string noIndex)
    {
        var sql = new SqlText();
        switch (actor.ScopeOf(type.Permission(ContentActions.View)))
        {
            case PermissionScope.All:
                return sql;
            case PermissionScope.Own when actor.UserId is { } me:
                return sql.Append($" AND {noIndex}{at}.\"owner\" = ").Append(ColumnType.Uuid, me);
            case PermissionScope.Team when actor.UserId is { } me:
                sql.Append($" AND ({noIndex}{at}.\"owner\" = ").Append(ColumnType.Uuid, me);
                if (actor.Teams.Count > 0)
                    sql.Append($" OR {noIndex}{at}.\"team\" IN (").AppendList(ColumnType.Uuid, actor.Teams.Select(t => (object?)t)).Append(")");
                return sql.Append(")");
            default:
                return sql.Append(" AND 1 = 0");
        }
    }
}
