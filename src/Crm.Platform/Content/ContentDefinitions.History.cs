using System.Text.Json.Nodes;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Content;

/// <summary>One change of a definition that an administrator, or an option that was typed, made.</summary>
/// <param name="Field">Empty for settings of the type itself.</param>
/// <param name="Before">The administrator's settings before; null when there were none.</param>
/// <param name="After">The administrator's settings since.</param>
/// <param name="IsLast">Nothing has changed the same field, or the type itself, since.</param>
public sealed record DefinitionChange(long Version, string Field, JsonObject? Before, JsonObject After, DateTime At, Guid? UserId, bool IsLast);

public sealed partial class ContentDefinitions
{
    /// <summary>What a module declares of a field, before administrators changed it; null for one made in the browser.</summary>
    public FieldDefinition? Declared(string type, string field)
        => providers.SelectMany(p => p.Types.Where(t => Is(t.Name, type)).SelectMany(t => t.Fields).Concat(p.Extensions.Where(e => Is(e.Type, type)).SelectMany(e => e.Fields)))
            .FirstOrDefault(f => Is(f.Name, field));

    /// <summary>All changes of a type's definition and its fields', newest first.</summary>
    public async Task<IReadOnlyList<DefinitionChange>> HistoryAsync(string type, CancellationToken cancellationToken)
    {
        var changes = new List<DefinitionChange>();
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        await session.ReadAsync(new SqlText("SELECT version, field, settings, modified_at, modified_by FROM crm_content_definitions WHERE type = ").Append(ColumnType.Text, type).Append(" ORDER BY version"), reader =>
        {
            var field = reader.GetString(1);
            JsonObject? before = null;
            if (last.TryGetValue(field, out var at))
            {
                before = changes[at].After;
                changes[at] = changes[at] with { IsLast = false };
            }
            last[field] = changes.Count;
            changes.Add(new(reader.GetInt64(0), field, before, JsonNode.Parse(reader.GetString(2))!.AsObject(),
                (DateTime)session.Dialect.Read(reader, 3, ColumnType.DateTime)!, (Guid?)session.Dialect.Read(reader, 4, ColumnType.Uuid), IsLast: true));
        }, cancellationToken);
        changes.Reverse();
        return changes;
    }

    /// <summary>Takes a change back, as long as nothing has changed the same field since. What made a field or a type is not taken back so: it is deleted.</summary>
    public async Task<Message?> UndoAsync(string type, long version, CancellationToken cancellationToken)
    {
        var undone = (await HistoryAsync(type, cancellationToken)).FirstOrDefault(c => c.Version == version);
        if (undone is not { IsLast: true } || (undone.Before is null && Declared(type, undone.Field) is null && undone.Field.Length > 0))
            return new("This change can no longer be taken back: look at it again");
        return await SaveAsync(type, undone.Field, (_, settings) =>
        {
            if (!JsonNode.DeepEquals(settings, undone.After))
                throw new DefinitionRefusedException(new("This change can no longer be taken back: look at it again"));
            settings.Clear();
            Merge(settings, undone.Before ?? []);
        }, cancellationToken);
    }

    /// <summary>Removes a deleted field of an administrator for good, with its values. The history of the records keeps them.</summary>
    public async Task<Message?> PurgeFieldAsync(string type, string field, CancellationToken cancellationToken)
        => await session.TransactAsync(async () =>
        {
            await schema.LockAsync(cancellationToken);
            var (rows, last) = await ReadRowsAsync(cancellationToken);
            if (Build(rows, last).Find(type) is not { } definition || definition.Find(field) is not { Feature: null, IsSystem: false, DeletedAt: not null } gone)
                return new Message("There is no field {0}", field);
            var version = Math.Max(Current.Version, last) + 1;
            rows[(definition.Name, gone.Name)] = [];
            await WriteAsync(definition.Name, gone.Name, version, rows[(definition.Name, gone.Name)], cancellationToken);
            await schema.DropAsync(definition, gone, cancellationToken);
            Publish(Build(rows, version));
            return null;
        }, cancellationToken);

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
