using Crm.Platform.Data;
using Crm.Platform.Queries;

namespace Crm.Platform.Content;

/// <content>What deleting records would do to others, before it is done.</content>
internal sealed partial class ContentManager
{
    /// <summary>How far cascades are followed: what is deeper shows when it is deleted.</summary>
    private const int MaxCascades = 8;

    public async Task<IReadOnlyList<DeleteEffect>> PreviewDeleteAsync(string type, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var going = new Dictionary<string, HashSet<Guid>>(StringComparer.OrdinalIgnoreCase) { [type] = [.. ids] };
        var (effects, isWhole) = await FollowCascadesAsync(type, going, cancellationToken);
        foreach (var (gone, records) in going.Where(g => g.Value.Count > 0))
            foreach (var (other, field) in LookUpsTo(gone).Where(l => l.Field.OnDelete != OnDelete.Cascade))
            {
                var pointing = PointingTo(records, other, field);
                // What goes too is not in the way of what goes with it; but what is deleted first is still pointed to.
                if (going.TryGetValue(other.Name, out var too) && too.Count > 0 && !(field.OnDelete == OnDelete.Restrict && string.Equals(gone, type, StringComparison.OrdinalIgnoreCase)))
                    pointing.Append(" AND \"id\" NOT IN (").AppendList(ColumnType.Uuid, too.Cast<object?>()).Append(")");
                if (await CountAsync(pointing, cancellationToken) is > 0 and var count)
                    effects.Add(new(other, field, Math.Min(count, QueryEngine.CountCap)) { IsCapped = count > QueryEngine.CountCap || !isWhole });
            }
        return effects;
    }

    /// <summary>One query for each look-up of a level, so that their number does not grow with the records'.</summary>
    /// <param name="going">What is deleted, by type; what goes with it is added.</param>
    /// <returns>The cascades, and whether they were followed to their ends.</returns>
    private async Task<(List<DeleteEffect> Effects, bool IsWhole)> FollowCascadesAsync(string type, Dictionary<string, HashSet<Guid>> going, CancellationToken cancellationToken)
    {
        var cascades = new List<(ContentTypeDefinition Type, FieldDefinition LookUp, List<Guid> Records)>();
        var level = new List<(string Type, IReadOnlyCollection<Guid> Records)> { (type, [.. going[type]]) };
        var isWhole = true;
        for (var depth = 0; level.Count > 0 && isWhole; depth++)
        {
            var found = new List<(ContentTypeDefinition Type, FieldDefinition LookUp, List<Guid> Records)>();
            foreach (var (gone, records) in level)
                foreach (var (other, field) in LookUpsTo(gone).Where(l => l.Field.OnDelete == OnDelete.Cascade))
                {
                    going.TryAdd(other.Name, []);
                    var left = Math.Max(0, QueryEngine.CountCap - going.Values.Sum(g => g.Count));
                    var pointing = await ReadIdsAsync(PointingTo(records, other, field).Append(" LIMIT ").Append(ColumnType.Integer, left + 1L), cancellationToken);
                    isWhole &= pointing.Count <= left && depth < MaxCascades;
                    found.Add((other, field, [.. pointing.Take(left).Where(going[other.Name].Add)]));
                }
            cascades.AddRange(found);
            level = [.. found.Where(f => f.Records.Count > 0).GroupBy(f => f.Type.Name, (name, of) => (name, (IReadOnlyCollection<Guid>)[.. of.SelectMany(f => f.Records)]))];
        }
        return ([.. cascades.GroupBy(c => (c.Type.Name, c.LookUp.Name), (_, of) => new DeleteEffect(of.First().Type, of.First().LookUp, of.Sum(f => f.Records.Count)) { IsCapped = !isWhole }).Where(e => e.Count > 0)], isWhole);
    }
}
