using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Crm.Search.Indexing;
using Lucene.Net.Index;
using Lucene.Net.Search;

namespace Crm.Search.Finding;

/// <summary>What of the index somebody may see: the same rule that the query engine adds to every query.</summary>
internal static class ReaderScope
{
    /// <summary>Types whose records the actor may open.</summary>
    public static IReadOnlyList<ContentTypeDefinition> Types(Actor actor, DefinitionSet definitions) => [.. definitions.Types.Where(actor.CanOpen)];

    /// <summary>The names of linked records may be searched only where none of them is hidden from the actor.</summary>
    public static IReadOnlyList<string> LinkFields(Actor actor, DefinitionSet definitions)
        => [.. definitions.Types.Where(t => actor.ScopeOf(t.Permission(ContentActions.View)) == PermissionScope.All).Select(t => IndexFields.Links(t.Name))];

    public static Filter Filter(Actor actor, IEnumerable<ContentTypeDefinition> types, IReadOnlyCollection<string> hiddenKeys)
    {
        var any = new BooleanQuery();
        foreach (var group in types.GroupBy(t => actor.ScopeOf(t.Permission(ContentActions.View))))
        {
            var ofTypes = AnyOf(IndexFields.Type, group.Select(t => t.Name));
            var records = group.Key switch
            {
                PermissionScope.All => ofTypes,
                PermissionScope.Own when actor.UserId is { } me => Both(ofTypes, AnyOf(IndexFields.Owner, [me.ToString("D")])),
                PermissionScope.Team when actor.UserId is { } me => Both(ofTypes, new BooleanQuery
                {
                    { AnyOf(IndexFields.Owner, [me.ToString("D")]), Occur.SHOULD },
                    { AnyOf(IndexFields.Team, actor.Teams.Select(t => t.ToString("D"))), Occur.SHOULD },
                }),
                _ => null,
            };
            if (records is not null)
                any.Add(records, Occur.SHOULD);
        }
        return new QueryWrapperFilter(hiddenKeys.Count == 0 ? any : new BooleanQuery { { any, Occur.MUST }, { AnyOf(IndexFields.Key, hiddenKeys), Occur.MUST_NOT } });
    }

    private static BooleanQuery Both(Query one, Query other) => new() { { one, Occur.MUST }, { other, Occur.MUST } };

    private static BooleanQuery AnyOf(string field, IEnumerable<string> values)
    {
        var query = new BooleanQuery();
        foreach (var value in values)
            query.Add(new TermQuery(new Term(field, value)), Occur.SHOULD);
        return query;
    }
}
