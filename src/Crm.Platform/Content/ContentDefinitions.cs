using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Records;
using Crm.Platform.Security;

namespace Crm.Platform.Content;

/// <summary>All content types in force at one moment.</summary>
public sealed class DefinitionSet(long version, IReadOnlyDictionary<string, ContentTypeDefinition> types)
{
    public long Version { get; } = version;

    public IEnumerable<ContentTypeDefinition> Types => types.Values;

    public ContentTypeDefinition? Find(string type) => types.GetValueOrDefault(type);

    public ContentTypeDefinition Get(string type) => Find(type) ?? throw new ArgumentException($"There is no content type {type}.", nameof(type));

    /// <summary>Look-ups of all types that point to this one.</summary>
    public IEnumerable<(ContentTypeDefinition Type, FieldDefinition Field)> PointingTo(string type)
        => Types.SelectMany(t => t.Fields, (t, f) => (t, f)).Where(p => string.Equals(p.f.Target, type, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The site's cache of definitions, shared by its scopes.</summary>
public sealed class DefinitionCache
{
    private readonly Lock _lock = new();
    private DefinitionSet? _set;

    internal DefinitionSet? Set => Volatile.Read(ref _set);

    internal long CheckedAt { get; set; }

    /// <summary>Takes a set unless there is a later one: two that commit one after the other may report in another order.</summary>
    internal void Offer(DefinitionSet set)
    {
        lock (_lock)
            if (_set is null || set.Version >= _set.Version)
                Volatile.Write(ref _set, set);
    }
}

/// <summary>
/// Content types: what modules declare, with what administrators changed laid over it. Changes are appended to
/// <c>crm_content_definitions</c>, so that every state that there was can be read.
/// </summary>
public sealed partial class ContentDefinitions(
    DefinitionCache cache,
    IEnumerable<IContentTypeProvider> providers,
    FieldKinds kinds,
    DbSession session,
    SchemaUpdater schema,
    ActorContext actor,
    TimeProvider clock)
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private DefinitionSet? _uncommitted;
    private int _transaction;

    /// <summary>The types in force; those of this scope's own transaction included.</summary>
    public DefinitionSet Current => (InOwnTransaction ? _uncommitted : null) ?? cache.Set ?? throw new InvalidOperationException("Definitions are not loaded yet.");

    /// <summary>Loads what another process or node may have changed; at most once a second.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        if (cache.Set is not null && clock.GetElapsedTime(cache.CheckedAt, now) < CheckEvery)
            return;
        cache.CheckedAt = now;
        await ReloadAsync(cancellationToken);
    }

    /// <summary>Loads what has been changed up to this very moment.</summary>
    /// <returns>Whether something had been.</returns>
    internal async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        var version = await session.CountAsync(new SqlText("SELECT MAX(version) FROM crm_content_definitions"), cancellationToken);
        if (((InOwnTransaction ? _uncommitted : null) ?? cache.Set)?.Version == version)
            return false;
        Publish(await LoadAsync(cancellationToken));
        return true;
    }

    /// <summary>Creates the tables and columns that the types in force need. Additive, so it may run at every start.</summary>
    public async Task ApplySchemaAsync(CancellationToken cancellationToken)
        => await session.TransactAsync(async () =>
        {
            var set = await LoadAsync(cancellationToken);
            await schema.ApplyAsync(set.Types, cancellationToken);
            Publish(set);
        }, cancellationToken);

    /// <summary>
    /// Adds a field, or changes the given settings of one; settings that are not given stay with whoever owns them.
    /// The column is there, and can be filtered and sorted, when this returns.
    /// </summary>
    public async Task<Message?> SaveFieldAsync(string type, string field, JsonObject settings, CancellationToken cancellationToken)
        => await SaveAsync(type, field, (_, overlay) => Merge(overlay, settings), cancellationToken);

    /// <summary>Adds a type, or changes the given settings of one.</summary>
    public async Task<Message?> SaveTypeAsync(string type, JsonObject settings, CancellationToken cancellationToken)
        => await SaveAsync(type, "", (_, overlay) => Merge(overlay, settings), cancellationToken);

    /// <summary>Adds a field, or keeps of one what differs from it as it is.</summary>
    public async Task<Message?> SaveFieldAsync(string type, FieldDefinition field, CancellationToken cancellationToken)
        => await SaveAsync(type, field.Name, (known, settings) => Merge(settings, Difference(known?.Find(field.Name), field)), cancellationToken);

    /// <summary>Adds a type, or keeps of one what differs from it as it is; its fields are left alone.</summary>
    public async Task<Message?> SaveTypeAsync(ContentTypeDefinition type, CancellationToken cancellationToken)
        => await SaveAsync(type.Name, "", (known, settings) => Merge(settings, Difference(known, type)), cancellationToken);

    /// <summary>Several changes that belong together: all are made, or none, and nobody else changes definitions meanwhile.</summary>
    /// <param name="work">Given the types as they are in the database at this moment; a message takes everything back.</param>
    public async Task<Message?> ChangeAsync(Func<DefinitionSet, Task<Message?>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await session.TransactAsync(async () =>
            {
                await schema.LockAsync(cancellationToken);
                var now = await LoadAsync(cancellationToken);
                Publish(now);
                var problem = await work(now);
                if (problem is not null)
                    session.RollBack();
                return problem;
            }, cancellationToken);
        }
        catch (DefinitionRefusedException e) when (!session.InTransaction)
        {
            return e.Reason;
        }
    }

    /// <summary>Takes new options up into an open pick-list, besides those that others took up meanwhile.</summary>
    /// <returns>The key of each.</returns>
    internal async Task<IReadOnlyDictionary<string, string>> AddOptionsAsync(string type, string field, IReadOnlyCollection<string> options, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var error = await SaveAsync(type, field, (current, overlay) =>
        {
            var all = current!.Field(field).Options.ToList();
            foreach (var option in options)
            {
                if (all.FirstOrDefault(o => string.Equals(o.Key, option, StringComparison.OrdinalIgnoreCase)) is not { } known)
                    all.Add(known = new PickListOption(option, new LocalizedText(option, option)));
                keys[option] = known.Key;
            }
            overlay["options"] = JsonSerializer.SerializeToNode(all, Json);
        }, cancellationToken);
        return error is null ? keys : throw new InvalidOperationException(error.ToString());
    }

    /// <param name="change">Changes the stored settings; given the type as it is in the database at this moment.</param>
    private async Task<Message?> SaveAsync(string type, string field, Action<ContentTypeDefinition?, JsonObject> change, CancellationToken cancellationToken)
    {
        if (field.Length > 0 ? !FieldName().IsMatch(field) : !TypeName().IsMatch(type))
            return new("A name has 2 to 50 letters and digits and starts with a lower-case letter: {0}", field.Length > 0 ? field : type);
        if (field.Length > 0 && Current.Find(type) is null)
            return new("There is no content type {0}", type);
        try
        {
            return await session.TransactAsync(() => SaveInTransactionAsync(type, field, change, cancellationToken), cancellationToken);
        }
        catch (DefinitionRefusedException e) when (!session.InTransaction)
        {
            return e.Reason;
        }
    }

    private async Task<Message?> SaveInTransactionAsync(string type, string field, Action<ContentTypeDefinition?, JsonObject> change, CancellationToken cancellationToken)
    {
        // Changes of definitions are made one after the other, each upon what the last one left.
        await schema.LockAsync(cancellationToken);
        var (rows, last) = await ReadRowsAsync(cancellationToken);
        var known = Build(rows, last).Find(type);
        var (typeName, fieldName) = (known?.Name ?? type, known?.Find(field)?.Name ?? field);
        var overlay = rows.GetValueOrDefault((typeName, fieldName))?.DeepClone().AsObject() ?? [];
        var before = overlay.DeepClone();
        change(known, overlay);
        if (known is null && field.Length == 0)
            overlay["isMade"] = true;
        if (known is not null && JsonNode.DeepEquals(before, overlay))
            return null;
        if (known?.Needs(fieldName) == true && overlay["hidden"] is JsonValue value && value.TryGetValue(out bool hidden) && hidden)
            return new Message("“{0}” is needed by its module and has to stay.", known.Field(fieldName).Label);
        rows[(typeName, fieldName)] = overlay;
        DefinitionSet next;
        var version = Math.Max(Current.Version, last) + 1;
        try
        {
            next = Build(rows, version);
        }
        catch (JsonException e)
        {
            return new Message("The definition is not valid: {0}", e.Message);
        }
        if (Validate(next, type, field) is { } error)
            return error;
        if (known is null && field.Length == 0 && await schema.HasTableAsync(type, cancellationToken))
            return new Message("The name {0} is taken by a feature that is switched off", type);
        if (known is not null && field.Length > 0 && known.Find(fieldName) is null && await schema.HasColumnsAsync(known, next.Get(type).Field(fieldName), cancellationToken))
            return new Message("The name {0} is taken, by a part of another field or by a feature that is switched off. Give it another name", fieldName);
        await WriteAsync(typeName, fieldName, version, overlay, cancellationToken);
        await schema.ApplyAsync([next.Get(type)], cancellationToken);
        if (next.Get(type).Find(fieldName) is { Unique: true } unique && known?.Find(fieldName) is not { Unique: true })
            await schema.CheckUniqueAsync(next.Get(type), unique, cancellationToken);
        Publish(next);
        return null;
    }

    private Task<int> WriteAsync(string type, string field, long version, JsonObject settings, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText()
            .Append("INSERT INTO crm_content_definitions (type, field, version, settings, modified_at, modified_by) VALUES ({}, {}, {}, {}, {}, {})",
                (ColumnType.Text, type), (ColumnType.Text, field), (ColumnType.Integer, version),
                (ColumnType.Text, settings.ToJsonString(Json)), (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime), (ColumnType.Uuid, actor.Current.UserId)), cancellationToken);

    private bool InOwnTransaction => session.InTransaction && _transaction == session.TransactionNumber;

    /// <summary>In force for this scope now, and for everybody once it is committed.</summary>
    private void Publish(DefinitionSet set)
    {
        _uncommitted = set;
        _transaction = session.TransactionNumber;
        session.AfterCommit(() => cache.Offer(set));
    }

    private Message? Validate(DefinitionSet set, string type, string field)
    {
        if (set.Find(type) is not { } definition)
            return new("A content type needs a name, labels and a display field");
        if (definition.Fields.GroupBy(f => Columns.Name(f.Name), StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return new("There are two fields named {0}", twice.Key);
        if (field.Length == 0)
            return definition.Find(definition.DisplayField) is null && definition.Feature is not null ? new("There is no field {0}", definition.DisplayField) : null;
        if (definition.Find(field) is not { } changed)
            return new("A new field needs a kind and a label");
        if (kinds.Find(changed.Kind) is not { } kind)
            return new("There is no field kind {0}", changed.Kind);
        if (Current.Find(type)?.Find(field) is { } before && (before.Kind != changed.Kind || before.Target != changed.Target
            || kind.Columns(before)[0].Type != kind.Columns(changed)[0].Type))
            return new("The kind of an existing field cannot be changed");
        if (changed.Target is { } target && set.Find(target) is null)
            return new("There is no content type {0}", target);
        // Names change, and two records may have the same.
        if (changed is { Target: not null, Default: { } start } && start != "@me" && !TextList.Split(start).All(id => Guid.TryParseExact(id, "D", out _)))
            return new("{0} must start with the id of a record", changed.Label);
        if (changed.IsSystem)
            return null;
        if (changed.Unique && !kind.CanBeUnique)
            return new("{0} cannot be unique", changed.Label);
        return kind.ValidateDefinition(changed);
    }

    private async Task<DefinitionSet> LoadAsync(CancellationToken cancellationToken)
    {
        var (rows, version) = await ReadRowsAsync(cancellationToken);
        return Build(rows, version);
    }

    /// <summary>The latest administrator's settings by type and field, and the version that they make, read in one go.</summary>
    private async Task<(Dictionary<(string Type, string Field), JsonObject> Rows, long Version)> ReadRowsAsync(CancellationToken cancellationToken)
    {
        var rows = new Dictionary<(string, string), JsonObject>();
        var version = 0L;
        await session.ReadAsync(new SqlText("SELECT type, field, settings, version FROM crm_content_definitions WHERE version IN (SELECT MAX(version) FROM crm_content_definitions GROUP BY type, field) ORDER BY version"), reader =>
        {
            rows[(reader.GetString(0), reader.GetString(1))] = JsonNode.Parse(reader.GetString(2))!.AsObject();
            version = reader.GetInt64(3);
        }, cancellationToken);
        return (rows, version);
    }

    private DefinitionSet Build(Dictionary<(string Type, string Field), JsonObject> overlays, long version)
    {
        var declared = new Dictionary<string, ContentTypeDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in providers)
            foreach (var type in provider.Types)
                if (!declared.TryAdd(type.Name, type with { Feature = provider.GetType().Assembly.GetName().Name }))
                    throw new Hosting.InvalidModuleException(provider.GetType().Assembly.GetName().Name!, $"content type {type.Name} is declared by another module too");
        foreach (var provider in providers)
            foreach (var extension in provider.Extensions)
                if (declared.TryGetValue(extension.Type, out var type))
                    declared[type.Name] = type with
                    {
                        Fields = [.. type.Fields, .. extension.Fields.Select(f => f with { Feature = provider.GetType().Assembly.GetName().Name })],
                    };
        foreach (var ((name, field), settings) in overlays)
            if (field.Length == 0 && !declared.ContainsKey(name) && settings.ContainsKey("label") && settings["isMade"]?.GetValue<bool>() == true)
                declared[name] = Merge(new JsonObject { ["name"] = name, ["displayField"] = "name", ["pluralLabel"] = settings["label"]!.DeepClone() }, settings)
                    .Deserialize<ContentTypeDefinition>(Json)!;

        var types = new Dictionary<string, ContentTypeDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var type in declared.Values)
        {
            var fields = type.Fields.Select((f, i) => f with { Order = f.Order == 0 ? (i + 1) * 10 : f.Order, Feature = f.Feature ?? type.Feature })
                .Concat(SystemFields.For(type).Where(s => type.Fields.All(f => f.Name != s.Name)))
                .Select(f => overlays.TryGetValue((type.Name, f.Name), out var settings) ? Overlay(f, settings) : f)
                // Hidden before its module said that it needs it.
                .Select(f => f.Hidden && type.Needs(f.Name) ? f with { Hidden = false } : f)
                .ToList();
            foreach (var ((owner, field), settings) in overlays)
                if (field.Length > 0 && string.Equals(owner, type.Name, StringComparison.OrdinalIgnoreCase)
                    && settings.ContainsKey("kind") && settings.ContainsKey("label") && fields.All(f => f.Name != field))
                    fields.Add(Merge(new JsonObject { ["name"] = field, ["order"] = 800 }, settings).Deserialize<FieldDefinition>(Json)!);
            var merged = overlays.TryGetValue((type.Name, ""), out var typeSettings)
                ? Merge(JsonSerializer.SerializeToNode(type with { Fields = [] }, Json)!.AsObject(), typeSettings).Deserialize<ContentTypeDefinition>(Json)!
                : type;
            types[type.Name] = merged with { Fields = [.. fields.OrderBy(f => f.Order)], NeededFields = type.NeededFields };
        }
        return new DefinitionSet(version, types);
    }

    private static FieldDefinition Overlay(FieldDefinition field, JsonObject settings)
        => Merge(JsonSerializer.SerializeToNode(field, Json)!.AsObject(), settings).Deserialize<FieldDefinition>(Json)!;

    /// <summary>The settings of one definition that another has not.</summary>
    private static JsonObject Difference<T>(T? before, T after) where T : class
    {
        var old = before is null ? [] : JsonSerializer.SerializeToNode(before, Json)!.AsObject();
        var now = JsonSerializer.SerializeToNode(after, Json)!.AsObject();
        var difference = new JsonObject();
        foreach (var property in typeof(T).GetProperties().Where(p => p.CanWrite && p.Name is not ("Name" or "Fields" or "Feature")))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (!JsonNode.DeepEquals(old[name], now[name]))
                // What is written only when it says something has to be said here all the same.
                difference[name] = now[name]?.DeepClone() ?? (property.PropertyType.IsValueType ? JsonSerializer.SerializeToNode(Activator.CreateInstance(property.PropertyType), property.PropertyType, Json) : null);
        }
        return difference;
    }

    private static JsonObject Merge(JsonObject below, JsonObject above)
    {
        foreach (var (name, value) in above)
            below[name] = value?.DeepClone();
        return below;
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9]{1,49}$")]
    private static partial Regex FieldName();

    [GeneratedRegex("^(?!crm|qrtz|sqlite|pg)[a-z][A-Za-z0-9]{1,49}$")]
    private static partial Regex TypeName();
}

/// <summary>The data stands in the way of a change of definitions; all of it is rolled back.</summary>
internal sealed class DefinitionRefusedException(Message reason) : Exception(reason.ToString())
{
    public Message Reason { get; } = reason;
}
