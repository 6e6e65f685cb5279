using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Contents.Relations;

/// <summary>Links between two records are named after both, and again when one of them gets another name.</summary>
internal sealed class NameRelations(ContentDefinitions definitions, QueryEngine queries, IContentManager content, ActorContext actor) : IContentHandler
{
    private const int Batch = 500;

    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Relation is not { } relation)
            return;
        var names = new Dictionary<Guid, string>();
        // The name is the record's own, whoever makes the link.
        await actor.AsSystemAsync(async () =>
        {
            foreach (var side in new[] { relation.From, relation.To })
                if (type.Field(side).Target is { } target)
                    foreach (var ids in saves.Select(s => s.After.Get<Guid?>(side)).OfType<Guid>().Distinct().Chunk(Batch))
                        foreach (var item in (await queries.ListAsync(new Query(target) { Where = Filter.In(SystemFields.Id, ids.Cast<object?>()), Columns = [], Sort = [SystemFields.Id], Take = Batch }, cancellationToken)).Items)
                            names[item.Id] = item.DisplayText;
        });
        foreach (var save in saves)
            if (Name(save.After, relation, names) is { } name && !Equals(save.After[type.DisplayField], name))
                save.Set(type.DisplayField, name);
    }

    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        var renamed = saves.Where(s => !s.IsNew && s.Changed.Contains(type.DisplayField)).Select(s => s.After.Id).ToList();
        if (renamed.Count == 0 || type.Relation is not null)
            return;
        foreach (var (other, lookUp) in definitions.Current.PointingTo(type.Name).Where(p => p.Type.Relation is { } r && (p.Field.Name == r.From || p.Field.Name == r.To)).ToList())
            // Whoever may rename a person names the links to them as well.
            await actor.AsSystemAsync(async () =>
            {
                foreach (var ids in renamed.Chunk(Batch))
                {
                    var links = new List<ContentItem>();
                    await foreach (var link in queries.StreamAsync(new Query(other.Name) { Where = Filter.In(lookUp.Name, ids.Cast<object?>()), Columns = [], Sort = [SystemFields.Id] }, cancellationToken))
                        links.Add(link);
                    foreach (var some in links.Chunk(Batch))
                        (await content.SaveManyAsync(other.Name, [.. some.Select(l => new ContentChange(other.Name) { Id = l.Id })], SaveOptions.BySystem, cancellationToken)).Demand(id => some.First(l => l.Id == id).DisplayText);
                }
            });
    }

    private static string? Name(ContentItem item, RelationDefinition relation, Dictionary<Guid, string> names)
        => item.Get<Guid?>(relation.From) is { } from && item.Get<Guid?>(relation.To) is { } to && names.TryGetValue(from, out var first) && names.TryGetValue(to, out var second) ? $"{first} · {second}" : null;
}
