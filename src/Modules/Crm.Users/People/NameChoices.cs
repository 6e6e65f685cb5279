using Crm.Platform.Queries;

namespace Crm.Users;

/// <summary>What may be ticked in a form: the names of all roles or teams, and those that are ticked though they are gone.</summary>
internal sealed class NameChoices(QueryEngine queries)
{
    public async Task<IReadOnlyList<string>> OfAsync(NamesField kind, IReadOnlyList<string> chosen)
    {
        var page = await queries.ListAsync(new Query(kind.Source) { Columns = [], Sort = [UserFields.Name], Take = QueryEngine.MaxTake }, CancellationToken.None);
        return [.. page.Items.Select(i => i.DisplayText).Union(chosen, StringComparer.OrdinalIgnoreCase)];
    }
}
