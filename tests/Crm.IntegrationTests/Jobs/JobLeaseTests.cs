using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Jobs;

public sealed class JobLeaseTests
{
    public static TheoryData<DatabaseProvider> Databases => [DatabaseProvider.Sqlite, DatabaseProvider.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task Take_ByManyWorkers_OneWorksAndTheOthersLearnThatItIsDone(DatabaseProvider provider)
    {
        await using var platform = await TestPlatform.CreateAsync(provider);
        var id = await AddAsync(platform);
        var working = 0;
        var leases = Enumerable.Range(0, 8).Select(_ => new JobLease(platform.Database, TimeProvider.System, id)).ToList();

        var results = await Task.WhenAll(leases.Select(async lease =>
        {
            if (!await lease.TakeAsync(CancellationToken.None))
                return false;
            Assert.Equal(1, Interlocked.Increment(ref working));
            var progress = new JobProgress();
            progress.Report(3, 4);
            await lease.EndAsync(JobStatus.Done, progress, null);
            return true;
        }));

        Assert.Single(results, taken => taken);
        var job = await FindAsync(platform, id);
        Assert.Equal((JobStatus.Done, 3L, 4L), (job.Status, job.Done, job.Total));

        // What has ended is told for a month; what waits is not forgotten.
        var waiting = await AddAsync(platform);
        await using var scope = platform.OpenAsSystem();
        foreach (var (days, left) in new[] { (29, new[] { waiting, id }), (31, [waiting]) })
        {
            await ActivatorUtilities.CreateInstance<ForgetJobs>(scope.Services, new Later(TimeSpan.FromDays(days))).RunAsync(new Dictionary<string, string>(), CancellationToken.None);
            Assert.Equal(left, (await scope.Services.GetRequiredService<JobLog>().ListAsync(10, CancellationToken.None)).Select(j => j.Id));
        }
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Take_AfterTheHolderDied_GoesOnAndLeavesTheDeadNothingToSay(DatabaseProvider provider)
    {
        await using var platform = await TestPlatform.CreateAsync(provider);
        var id = await AddAsync(platform);
        var dead = new JobLease(platform.Database, TimeProvider.System, id);
        Assert.True(await dead.TakeAsync(CancellationToken.None));

        var next = new JobLease(platform.Database, new Later(TimeSpan.FromMinutes(1)), id);
        Assert.True(await next.TakeAsync(CancellationToken.None));
        await dead.EndAsync(JobStatus.Failed, new JobProgress(), "too late");

        Assert.Equal(JobStatus.Running, (await FindAsync(platform, id)).Status);
        await next.EndAsync(JobStatus.Done, new JobProgress(), null);
        Assert.Equal(JobStatus.Done, (await FindAsync(platform, id)).Status);
    }

    private static async Task<Guid> AddAsync(TestPlatform platform)
    {
        await using var scope = platform.OpenAsSystem();
        return await scope.Services.GetRequiredService<JobLog>().AddAsync("try", new Dictionary<string, string>(), CancellationToken.None);
    }

    private static async Task<Job> FindAsync(TestPlatform platform, Guid id)
    {
        await using var scope = platform.OpenAsSystem();
        return (await scope.Services.GetRequiredService<JobLog>().FindAsync(id, CancellationToken.None))!;
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
