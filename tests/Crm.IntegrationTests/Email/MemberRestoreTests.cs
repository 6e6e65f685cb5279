using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Email;

/// <summary>Once in a campaign, however a member comes to be there.</summary>
public sealed class MemberRestoreTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Member_AddedAgainMeanwhile_IsNotRestored(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using var scope = await site.OpenScopeAsync();
        await scope.CreateAsync("campaigns", ("name", "Spring"));
        await scope.CreateAsync("contacts", ("name", "Ann"));
        await scope.CreateAsync("customers", ("name", "Acme"));
        foreach (var (field, name) in new[] { ("contact", "Ann"), ("customer", "Acme") })
        {
            var first = await scope.CreateAsync("campaignMembers", ("campaign", "Spring"), (field, name));
            await scope.Content.DeleteAsync("campaignMembers", first, null, CancellationToken.None);
            var second = await scope.CreateAsync("campaignMembers", ("campaign", "Spring"), (field, name));
            Assert.Contains("is a member of this campaign already", Assert.Single((await scope.Content.RestoreAsync("campaignMembers", first, CancellationToken.None)).Errors).Message.ToString(), StringComparison.Ordinal);
            await scope.Content.DeleteAsync("campaignMembers", second, null, CancellationToken.None);
            Assert.True((await scope.Content.RestoreAsync("campaignMembers", first, CancellationToken.None)).Succeeded);
        }
    }
}
