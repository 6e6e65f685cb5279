using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.Campaigns.Segments;

/// <summary>A segment's filter can be answered.</summary>
internal sealed class SegmentRules(ContentDefinitions definitions, QueryEngine queries) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != SegmentType.Name)
            return;
        foreach (var save in saves.Where(s => s.Changed.Contains("filter") || s.Changed.Contains("type")))
        {
            try
            {
                var (list, filter) = SegmentFilter.Of(save.After, definitions);
                await queries.CountAsync(list.Name, filter, cancellationToken);
            }
            catch (QueryException e)
            {
                save.Error("filter", e.Reason);
            }
        }
    }
}

internal static class SegmentFilter
{
    /// <summary>The list that a segment asks, and its question.</summary>
    /// <exception cref="QueryException">The filter cannot be read, such as when a field is gone.</exception>
    public static (ContentTypeDefinition Type, Filter? Filter) Of(ContentItem segment, ContentDefinitions definitions)
    {
        var type = definitions.Current.Find(segment.Get<string>("type") ?? "") ?? throw new QueryException("There is no content type {0}", segment.Get<string>("type") ?? "");
        var filter = segment.Get<string>("filter");
        return (type, string.IsNullOrWhiteSpace(filter) ? null : FilterParser.Parse(filter, type, definitions.Current));
    }
}
