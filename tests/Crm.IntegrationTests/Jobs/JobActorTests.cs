using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Jobs;

/// <summary>Work in the queue is done with the rights that whoever asked for it has when it starts.</summary>
public sealed class JobActorTests
{
    public static TheoryData<DatabaseProvider> Databases => [DatabaseProvider.Sqlite, DatabaseProvider.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task Job_OfAUser_RunsAsThatUser_AndNotAtAllOnceLockedOut(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        (await site.SignInAsNewAsync("mara", "Marketing")).Dispose();
        await using var scope = await site.OpenScopeAsync();
        await scope.CreateAsync("contacts", ("name", "Ann"));
        var mara = await scope.FindAsync("users", "userName", "mara");

        var done = await RunAsync(scope, mara.Id, "Spring");
        Assert.True(done.Status == JobStatus.Done, done.Message);
        Assert.Equal(mara.Id, Assert.Single(await MembersAsync(scope, "Spring"))["createdBy"]);

        await scope.Content.SaveAsync(new ContentChange("users") { Id = mara.Id, Values = { ["isActive"] = false } }, SaveOptions.Default, CancellationToken.None);
        var locked = await RunAsync(scope, mara.Id, "Autumn");
        Assert.Equal((JobStatus.Failed, "Whoever asked for this may no longer sign in"), (locked.Status, locked.Message));
        Assert.Empty(await MembersAsync(scope, "Autumn"));
    }

    private static async Task<Job> RunAsync(TestScope scope, Guid user, string campaign)
    {
        var id = await scope.CreateAsync("campaigns", ("name", campaign));
        var actor = scope.Services.GetRequiredService<ActorContext>();
        var system = actor.Current;
        actor.Current = new Actor { UserId = user };
        var job = await scope.Services.GetRequiredService<IJobQueue>().EnqueueAsync("campaigns.add-members",
            new Dictionary<string, string> { ["campaign"] = id.ToString("D"), ["type"] = "contacts", ["filter"] = "" }, CancellationToken.None);
        actor.Current = system;
        var jobs = scope.Services.GetRequiredService<JobLog>();
        await Eventually.HoldsAsync(async () => (await jobs.FindAsync(job, CancellationToken.None))?.Status is JobStatus.Done or JobStatus.Failed);
        return (await jobs.FindAsync(job, CancellationToken.None))!;
    }

    private static async Task<IReadOnlyList<ContentItem>> MembersAsync(TestScope scope, string campaign)
        => (await scope.Queries.ListAsync(new Query("campaignMembers") { Where = FilterParser.Parse($"campaign.name eq '{campaign}'", scope.Definitions.Current.Get("campaignMembers"), scope.Definitions.Current) }, CancellationToken.None)).Items;
}
