using System.Collections.Concurrent;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Hosting;

[assembly: AssemblyFixture(typeof(TestSites))]

namespace Crm.IntegrationTests.Support;

/// <summary>Sites that were set up once in this run and are copied for each test: setting up takes longer than most tests.</summary>
public sealed class TestSites : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<(DatabaseProvider Provider, string Recipe, string Culture), Lazy<Task<TestFiles>>> Known = new();

    /// <summary>A database and a data directory of a site that has just been set up.</summary>
    internal static async Task<TestFiles> CopyAsync(DatabaseProvider provider, string recipe, string culture)
        => await (await Known.GetOrAdd((provider, recipe, culture), _ => new(() => SetUpAsync(provider, recipe, culture))).Value).CopyAsync();

    private static async Task<TestFiles> SetUpAsync(DatabaseProvider provider, string recipe, string culture)
    {
        var files = await TestFiles.CreateAsync(provider);
        await using var host = CrmHost.Create([], typeof(Program).Assembly, quiet: true, files.SettingUp(recipe, culture));
        await host.StartAsync(CancellationToken.None);
        return files;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var site in Known.Values.Where(s => s is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
            await (await site.Value).DisposeAsync();
    }
}

/// <summary>What a site keeps: its database and its data directory, gone when disposed.</summary>
internal sealed record TestFiles(TestDatabase Database, string Directory) : IAsyncDisposable
{
    public static async Task<TestFiles> CreateAsync(DatabaseProvider provider)
        => new(await TestDatabase.CreateAsync(provider), System.IO.Directory.CreateTempSubdirectory("crm-site-").FullName);

    /// <summary>Of a site that is not running.</summary>
    public async Task<TestFiles> CopyAsync()
    {
        var copy = new TestFiles(await Database.CopyAsync(), System.IO.Directory.CreateTempSubdirectory("crm-site-").FullName);
        TestDatabase.CopyDirectory(Directory, copy.Directory);
        return copy;
    }

    public Dictionary<string, string?> Configuration() => new()
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["Crm:DataDirectory"] = Directory,
        ["Crm:Database:Provider"] = Database.Provider.ToString(),
        ["Crm:Database:ConnectionString"] = Database.ConnectionString,
    };

    public Dictionary<string, string?> SettingUp(string recipe, string culture) => new(Configuration())
    {
        ["Crm:Setup:SiteName"] = "Test site",
        ["Crm:Setup:Recipe"] = recipe,
        ["Crm:Setup:Culture"] = culture,
        ["Crm:Setup:AdminUserName"] = TestSite.AdminName,
        ["Crm:Setup:AdminEmail"] = "admin@example.com",
        ["Crm:Setup:AdminPassword"] = TestSite.AdminPassword,
    };

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
