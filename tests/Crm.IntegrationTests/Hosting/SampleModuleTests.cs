using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Crm.IntegrationTests.Support;

namespace Crm.IntegrationTests.Hosting;

/// <summary>A module is a folder: copied into <c>src/Modules</c> of a clone it is there, without any other edit.</summary>
public sealed class SampleModuleTests
{
    // Builds the whole product once more.
    [Trait("Category", "Nightly")]
    [Fact]
    public async Task Copy_IntoModules_AppearsWithTypeListFormPermissionAndMenu()
    {
        var clone = Directory.CreateTempSubdirectory("crm-clone-");
        try
        {
            await CopyAsync(clone.FullName);
            var sample = Path.Combine(clone.FullName, "src", "Modules", "Crm.Library");
            await RunAsync(clone.FullName, "cp", "-r", "tests/Samples/Crm.Library", sample);
            await RunAsync(clone.FullName, "dotnet", "build", "src/Crm.Web", "-nologo", "-v", "quiet", "-p:UseSharedCompilation=false", "-nodeReuse:false");

            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
            listener.Stop();
            await using var product = await ProductProcess.ServeAsync(Path.Combine(clone.FullName, "artifacts/bin/Crm.Web/debug/Crm.Web.dll"), clone.FullName, address);
            using var browser = new TestBrowser(address, "en");
            await browser.SignInAsync(TestSite.AdminName, TestSite.AdminPassword);

            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/books")).StatusCode);
            await RunAsync(clone.FullName, "env", "Crm__DataDirectory=data", "dotnet", "artifacts/bin/Crm.Web/debug/Crm.Web.dll", "feature", "enable", "Crm.Library");
            await Eventually.HoldsAsync(async () => (await browser.GetAsync("/books")).StatusCode == HttpStatusCode.OK);

            Assert.NotNull((await browser.PageAsync("/")).QuerySelector("a[href='/books']"));
            using (var created = await browser.SubmitAsync("/books/new", new() { ["title"] = "The Mythical Man-Month", ["price"] = "39.95", ["shelf"] = "sales" }))
                Assert.Equal(HttpStatusCode.Redirect, created.StatusCode);
            Assert.Contains("The Mythical Man-Month", (await browser.PageAsync("/books")).Body!.TextContent, StringComparison.Ordinal);
            var roles = await browser.PageAsync("/admin/roles");
            var sales = roles.QuerySelectorAll("main a").First(a => a.TextContent.Trim() == "Sales").GetAttribute("href")!;
            Assert.Contains("Books", (await browser.PageAsync(sales)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }
        finally
        {
            clone.Delete(recursive: true);
        }
    }

    /// <summary>The tracked files, and the npm packages that are there already, so that the clone's build need not fetch them again.</summary>
    private static async Task CopyAsync(string target)
    {
        var root = Root();
        await RunAsync(root, "bash", "-c", $"git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -p -t '{target}'");
        var packages = "src/Themes/Crm.Theme.Base/node_modules";
        if (Directory.Exists(Path.Combine(root, packages)))
            await RunAsync(root, "cp", "-a", packages, Path.Combine(target, packages));
        var library = "src/Themes/Crm.Theme.Base/wwwroot/lib";
        if (Directory.Exists(Path.Combine(root, library)))
            await RunAsync(root, "cp", "-a", library, Path.Combine(target, library));
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Crm.sln")))
                return directory.FullName;
        return Environment.GetEnvironmentVariable("CRM_TEST_ROOT") ?? throw new InvalidOperationException("The repository is not above this test.");
    }

    private static async Task RunAsync(string directory, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await output} {await error}");
    }
}
