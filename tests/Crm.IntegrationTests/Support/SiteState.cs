using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Support;

/// <summary>What a site holds, so that two looks can be compared: what was refused has left it as it was.</summary>
/// <param name="LastChange">The change log's last number.</param>
/// <param name="Definitions">The last version of what administrators and recipes have said about types.</param>
/// <param name="Records">Each type with its records, the deleted ones included.</param>
/// <param name="Features">What is on.</param>
public sealed record SiteState(long LastChange, long Definitions, string Records, string Features, SiteSettings? Settings)
{
    public static async Task<SiteState> ReadAsync(TestSite site)
    {
        await using var scope = await site.OpenScopeAsync();
        var counts = new List<string>();
        foreach (var type in scope.Definitions.Current.Types.OrderBy(t => t.Name, StringComparer.Ordinal))
            counts.Add($"{type.Name} {(await scope.Queries.CountAsync(type.Name, null, CancellationToken.None, exact: true, bin: RecycleBin.With)).Count} ({type.Fields.Count} fields)");
        return new(
            await scope.Log.LastSequenceAsync(CancellationToken.None),
            await scope.Session.CountAsync(new SqlText("SELECT MAX(version) FROM crm_content_definitions"), CancellationToken.None),
            string.Join("; ", counts),
            string.Join(' ', site.Host.Sites.Current.Features.Select(f => f.Id).Order(StringComparer.Ordinal)),
            await scope.Services.GetRequiredService<SettingsStore>().ReadAsync<SiteSettings>("site", CancellationToken.None));
    }
}

public static class SiteScopes
{
    /// <summary>A unit of work in the running site, by someone who may do everything.</summary>
    public static async Task<TestScope> OpenScopeAsync(this TestSite site)
    {
        var scope = new TestScope(site.Host.Sites.Current.CreateScope());
        scope.Services.GetRequiredService<ActorContext>().Current = Actor.System("test");
        await scope.Services.GetRequiredService<SettingsStore>().RefreshAsync(CancellationToken.None);
        await scope.Definitions.RefreshAsync(CancellationToken.None);
        return scope;
    }

    /// <summary>The one record of a type with this value.</summary>
    public static async Task<ContentItem> FindAsync(this TestScope scope, string type, string field, string value)
        => (await scope.Queries.ListAsync(new Query(type) { Where = Filter.Eq(field, value) }, CancellationToken.None)).Items.Single();
}
