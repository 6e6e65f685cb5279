using Crm.Platform.Data;

namespace Crm.IntegrationTests.Support;

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
