using Crm.Contents.LookUps;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Bulk.Actions;

/// <summary>
/// Adds values to a field that holds several, such as tags or links. What others add meanwhile stays beside them: nothing is written
/// over, so that a record is never left out for that.
/// </summary>
internal class AddValues(ContentDefinitions definitions, FieldKinds kinds, FieldViews views, RecordNames names, BulkSaves saves, ActorContext actor, SettingsStore settings, TimeProvider clock, IStringLocalizer localizer, IContentManager content, QueryEngine queries)
    : ChangeField(definitions, kinds, views, names, saves, actor, settings, clock, localizer)
{
    private readonly FieldKinds _kinds = kinds;

    public override string Name => "addValues";

    public override LocalizedText Label => "Add tags, options or links";

    public override string Icon => "tag";

    public override int Order => 110;

    protected override bool CanEmpty => false;

    protected override Message Title(FieldDefinition field, string shown) => new("Add “{1}” to {0}", field.Label, shown);

    protected override IEnumerable<FieldDefinition> FieldsOf(ContentTypeDefinition type) => base.FieldsOf(type).Where(f => _kinds.Of(f).ValueType is var type && (type == typeof(ValueList<string>) || type == typeof(ValueList<Guid>)));

    public override async Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken)
    {
        var field = work.Type.Field(work.Settings["field"]!);
        if (Parse(field, work.Settings["value"]) is not { } values)
            return [.. work.Items.Select(i => new BulkOutcome(i.Id, BulkState.LeftOut, new("{0} cannot be “{1}” any more", field.Label, work.Settings["value"]!)))];
        var outcomes = new Dictionary<Guid, BulkOutcome>();
        await SaveAsync(work.Type, field, values, [.. work.Items.Select(i => i.Id)], outcomes, cancellationToken);
        // Those that somebody else has just saved are locked now: what they hold is read once more.
        if (outcomes.Where(o => o.Value.Reason is { Text: Again }).Select(o => o.Key).ToList() is { Count: > 0 } again)
            await SaveAsync(work.Type, field, values, again, outcomes, cancellationToken);
        return [.. work.Items.Select(i => outcomes[i.Id])];
    }

    private const string Again = "Somebody changed this record in the meantime";

    protected virtual IEnumerable<T> Combine<T>(IReadOnlyList<T> now, IReadOnlyList<T> given) where T : notnull
        => now.Concat(given.Where(g => !now.Any(n => IsSame(n, g))));

    protected static bool IsSame<T>(T one, T other) where T : notnull => (one, other) is (string a, string b) ? FieldKind.Fold(a) == FieldKind.Fold(b) : one.Equals(other);

    private async Task SaveAsync(ContentTypeDefinition type, FieldDefinition field, object values, IReadOnlyList<Guid> ids, Dictionary<Guid, BulkOutcome> outcomes, CancellationToken cancellationToken)
    {
        var page = await queries.ListAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, ids.Select(i => (object?)i)), Columns = [field.Name], Sort = [SystemFields.Id], Take = QueryEngine.MaxTake }, cancellationToken);
        foreach (var id in ids.Except(page.Items.Select(i => i.Id)))
            outcomes[id] = new(id, BulkState.LeftOut, new("The record is gone or you may not see it"));
        var changes = page.Items.Select(i => new ContentChange(type.Name) { Id = i.Id, Version = i.Version, Values = { [field.Name] = Combined(i[field.Name], values) } }).ToList();
        foreach (var result in await content.SaveManyAsync(type.Name, changes, SaveOptions.Default, cancellationToken))
            outcomes[result.Id] = result.Status == SaveStatus.Conflict ? new(result.Id, BulkState.LeftOut, new(Again)) : BulkOutcome.Of(result);
    }

    private object? Combined(object? now, object given) => given is ValueList<Guid> ids ? Combined(now as ValueList<Guid>, ids) : Combined(now as ValueList<string>, (ValueList<string>)given);

    private ValueList<T>? Combined<T>(ValueList<T>? now, ValueList<T> given) where T : notnull
        => Combine(now ?? new([]), given).ToList() is { Count: > 0 } all ? new ValueList<T>(all) : null;
}

/// <summary>Takes values out of a field that holds several; the others stay.</summary>
internal sealed class RemoveValues(ContentDefinitions definitions, FieldKinds kinds, FieldViews views, RecordNames names, BulkSaves saves, ActorContext actor, SettingsStore settings, TimeProvider clock, IStringLocalizer localizer, IContentManager content, QueryEngine queries)
    : AddValues(definitions, kinds, views, names, saves, actor, settings, clock, localizer, content, queries)
{
    public override string Name => "removeValues";

    public override LocalizedText Label => "Remove tags, options or links";

    public override string Icon => "tag-off";

    public override int Order => 120;

    protected override Message Title(FieldDefinition field, string shown) => new("Remove “{1}” from {0}", field.Label, shown);

    protected override IEnumerable<T> Combine<T>(IReadOnlyList<T> now, IReadOnlyList<T> given)
        => now.Where(n => !given.Any(g => IsSame(n, g)));
}
