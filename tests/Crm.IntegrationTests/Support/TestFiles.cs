using Crm.Platform.Data;
using Crm.Platform.Hosting;

namespace Crm.IntegrationTests.Support;

/// <summary>What a site keeps: its database and its data directory, gone when disposed.</summary>
internal sealed record TestFiles(TestDatabase Database, string Directory) : IAsyncDisposable
{
    public static async Task<TestFiles> CreateAsync(DatabaseProvider provider)
        => new(await TestDatabase.CreateAsync(provider), System.IO.Directory.CreateTempSubdirectory("crm-site-").FullName);

    /// <summary>Of a site that is set up and that nobody runs.</summary>
    public static Task<TestFiles> SetUpAsync(DatabaseProvider provider, string recipe = "Blank", string culture = "en")
        => TestTemplates.CopyAsync((recipe, culture), provider, async files =>
        {
            await using var host = CrmHost.Create([], typeof(Program).Assembly, quiet: true, files.SettingUp(recipe, culture));
            await host.StartAsync(CancellationToken.None);
        });

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

    /// <summary>Runs a command as the executable would, in this process.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var host = CrmHost.Create([], typeof(Program).Assembly, quiet: true, Configuration());
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await host.RunCommandAsync(arguments, output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Imports a file as it is written here.</summary>
    public async Task ImportAsync(string type, string csv)
    {
        var file = Path.Combine(Directory, $"{type}.csv");
        await File.WriteAllTextAsync(file, csv);
        var (code, output, error) = await RunAsync("import", type, file);
        Assert.True(code == 0, output + error);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
