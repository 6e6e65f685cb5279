using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;

namespace Crm.IntegrationTests.Hosting;

/// <summary>The tutorial for developers, followed literally in a clone: each file written as it says, each command run as it stands.</summary>
public sealed partial class FirstModuleTests
{
    // Builds the whole product once more.
    [Trait("Category", "Nightly")]
    [Fact]
    public async Task FirstModule_AsTheTutorialSays_HasWhatItClaims()
    {
        var clone = Directory.CreateTempSubdirectory("crm-clone-");
        try
        {
            await CopyAsync(clone.FullName);
            await File.WriteAllTextAsync(Path.Combine(clone.FullName, "customers.csv"), "name\nHarbour\n");
            var steps = Steps(await File.ReadAllTextAsync(Path.Combine(clone.FullName, "docs/developers/first-module.md")));
            Assert.True(steps.Count > 8 && steps.Any(s => s.Path is null), "The tutorial has no steps that can be read.");
            var isSetUp = false;
            foreach (var (path, text) in steps)
            {
                if (path is not null)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(clone.FullName, path))!);
                    await File.WriteAllTextAsync(Path.Combine(clone.FullName, path), text);
                    continue;
                }
                // What the reader has: a site that runs, with a customer of that name.
                foreach (var command in isSetUp ? [] : new[] { "setup", "import customers customers.csv" })
                    await RunAsync(clone.FullName, "bash", "-c", $"dotnet run --project src/Crm.Web -- {command}");
                isSetUp = true;
                await RunAsync(clone.FullName, "bash", "-c", text);
            }

            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
            listener.Stop();
            // What goes to a server has the module, and all that pages ask for.
            await RunAsync(clone.FullName, "dotnet", "publish", "src/Crm.Web", "-c", "Debug", "--no-build", "-o", "published");
            await using var product = await ProductProcess.ServeAsync(Path.Combine(clone.FullName, "published/Crm.Web.dll"), clone.FullName, address);
            using var browser = new TestBrowser(address, "zh-CN");
            foreach (var style in (await browser.PageAsync("/login")).QuerySelectorAll("link[rel=stylesheet]"))
                Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(style.GetAttribute("href")!)).StatusCode);
            await browser.SignInAsync(TestSite.AdminName, TestSite.AdminPassword);
            Assert.NotNull((await browser.PageAsync("/")).QuerySelector("a[href='/devices']"));
            var list = (await browser.PageAsync("/devices")).QuerySelector("main")!.TextContent;
            Assert.Contains("Label printer", list, StringComparison.Ordinal);
            Assert.Contains("保修截止日期", list, StringComparison.Ordinal);
            Assert.Contains("2028/1/15", list, StringComparison.Ordinal);
            using (var refused = await browser.SubmitAsync("/devices/new", new() { ["name"] = "Router", ["serial"] = "R-1", ["boughtOn"] = "2026-05-01", ["warrantyUntil"] = "2026-04-30" }, "main form.form"))
                Assert.Contains("保修截止日期不能早于 2026-05-01", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            var harbour = (await browser.PageAsync("/customers")).QuerySelector("a[data-row-link]")!.GetAttribute("href")!;
            Assert.Contains("Scanner", (await browser.PageAsync(harbour.Split('?')[0])).QuerySelector(".record-related")!.TextContent, StringComparison.Ordinal);

            // A customer with devices is kept; the delete page says why, and offers nothing.
            var delete = await browser.PageAsync($"{harbour.Split('?')[0]}/delete");
            Assert.Contains("设备", delete.QuerySelector(".affected")!.TextContent, StringComparison.Ordinal);
            Assert.Null(delete.QuerySelector(".btn-danger"));

            Task<string> CommandAsync(params string[] arguments) => RunAsync(clone.FullName, "dotnet", ["published/Crm.Web.dll", .. arguments]);
            foreach (var (user, role) in new[] { ("seller", "Sales"), ("clerk", "Read-only"), ("marketer", "Marketing") })
                await CommandAsync("user", "create", "--user-name", user, "--role", role, "--password", TestSite.AdminPassword, "--no-change");
            using var seller = await SignInAsync(address, "seller");
            using (var saved = await seller.SubmitAsync("/devices/new", new() { ["name"] = "Router", ["serial"] = "R-1", ["boughtOn"] = "2026-05-01", ["customer"] = harbour.Split('?')[0].Split('/')[^1] }, "main form.form"))
                Assert.Contains("5/1/2028", (await seller.PageAsync(saved.Headers.Location!.ToString())).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            using var clerk = await SignInAsync(address, "clerk");
            Assert.Null((await clerk.PageAsync("/devices")).QuerySelector("main a[href^='/devices/new']"));
            Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync("/devices/new")).StatusCode);
            using var marketer = await SignInAsync(address, "marketer");
            Assert.Null((await marketer.PageAsync("/")).QuerySelector("a[href='/devices']"));
            Assert.Equal(HttpStatusCode.Forbidden, (await marketer.GetAsync("/devices")).StatusCode);

            var soon = (await seller.PageAsync("/devices")).QuerySelectorAll<IHtmlAnchorElement>("main a").Single(l => l.TextContent.Trim() == "Warranty ends soon");
            Assert.DoesNotContain("Router", (await seller.PageAsync(soon.GetAttribute("href")!)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            await Eventually.HoldsAsync(async () => (await seller.PageAsync("/search?q=SC-0042")).QuerySelector("main")!.TextContent.Contains("Scanner", StringComparison.Ordinal));
            await CommandAsync("export", "devices", "devices-out.csv");
            Assert.Contains("Label printer,LP-0001", await File.ReadAllTextAsync(Path.Combine(clone.FullName, "devices-out.csv")), StringComparison.Ordinal);

            using var program = new HttpClient { BaseAddress = address };
            program.DefaultRequestHeaders.Authorization = new("Bearer", (await CommandAsync("token", "create", "--user", TestSite.AdminName)).Trim());
            Assert.Contains("\"devices\"", await program.GetStringAsync("/api/"), StringComparison.Ordinal);
            using (var device = JsonDocument.Parse(await program.GetStringAsync("/api/devices?$filter=serial eq 'LP-0001'&$expand=customer")))
                Assert.Equal("Harbour", device.RootElement.GetProperty("value")[0].GetProperty("customer").GetProperty("name").GetString());

            // While the site runs, the module goes and comes.
            await CommandAsync("feature", "disable", "Crm.Devices");
            await Eventually.HoldsAsync(async () => (await seller.GetAsync("/devices")).StatusCode == HttpStatusCode.NotFound);
            await CommandAsync("feature", "enable", "Crm.Devices");
            await Eventually.HoldsAsync(async () => (await seller.GetAsync("/devices")).StatusCode == HttpStatusCode.OK);
        }
        finally
        {
            clone.Delete(recursive: true);
        }
    }

    /// <summary>Blocks that name a file are that file; blocks of bash are commands.</summary>
    private static List<(string? Path, string Text)> Steps(string markdown)
        => [.. Block().Matches(markdown).Where(m => m.Groups["path"].Success || m.Groups["language"].Value == "bash").Select(m => (m.Groups["path"].Success ? m.Groups["path"].Value : null, m.Groups["text"].Value))];

    [GeneratedRegex(@"^```(?<language>\w+)(?: (?<path>\S+))?\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

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

    private static async Task<TestBrowser> SignInAsync(Uri address, string userName)
    {
        var browser = new TestBrowser(address, "en");
        await browser.SignInAsync(userName, TestSite.AdminPassword);
        return browser;
    }

    private static async Task<string> RunAsync(string directory, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("Crm__DataDirectory", Path.Combine(directory, "data")), ("Crm__Setup__AdminUserName", TestSite.AdminName), ("Crm__Setup__AdminEmail", "admin@example.com"), ("Crm__Setup__AdminPassword", TestSite.AdminPassword),
            // Servers of the build would outlive it.
            ("UseSharedCompilation", "false"), ("MSBUILDDISABLENODEREUSE", "1"),
        })
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await output} {await error}");
        return await output;
    }
}
