using System.Net;
using System.Net.Sockets;
using System.Text;
using AngleSharp.Dom;
using Crm.IntegrationTests.Records;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Files;
using Crm.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Files;

/// <summary>Files in fields and attached to records: kept, served under the record's rights alone, and never as something that acts.</summary>
public sealed class FileTests
{
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    /// <summary>What many large uploads may take beyond what the process had before.</summary>
    private const long MoreMegabytes = 150;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Attachment_IsSeenByReadersOfItsRecordAlone_AndGoesWithIt(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var admin = await site.SignInAsync();
        Guid customer;
        await using (var scope = await site.OpenScopeAsync())
        {
            customer = await scope.CreateAsync("customers", ("name", "Harbour"));
            await scope.CreateAsync("roles", ("name", "Clerk"), ("permissions", """{"customers.view":"own","customers.edit":"own","attachments.view":"all","attachments.create":"all","attachments.delete":"all"}"""));
        }
        using var clerk = await site.SignInAsNewAsync("clerk", "Clerk");
        using (var attached = await admin.SubmitFilesAsync($"/customers/{customer}", "form.attach", [], ("files", "..\\..\\etc/合同 v2.pdf", "%PDF-1.7 text"u8.ToArray()), ("files", "shot.png", Png)))
            Assert.Equal(HttpStatusCode.Redirect, attached.StatusCode);
        var page = await admin.PageAsync($"/customers/{customer}");
        var links = page.QuerySelectorAll(".attachment-list a").Select(a => (Url: a.GetAttribute("href")!, Name: a.QuerySelector(".related-name")!.TextContent)).ToList();
        Assert.Equal(["shot.png", "合同 v2.pdf"], links.Select(l => l.Name).Order(StringComparer.Ordinal));
        var contract = links.Single(l => l.Name.EndsWith("pdf", StringComparison.Ordinal)).Url;
        using (var read = await admin.GetAsync(contract))
        {
            Assert.Equal("%PDF-1.7 text", await read.Content.ReadAsStringAsync());
            AssertHarmless(read, isDrawn: false);
            Assert.Equal("合同 v2.pdf", read.Content.Headers.ContentDisposition!.FileNameStar);
        }
        using (var read = await admin.GetAsync(links.Single(l => l.Name == "shot.png").Url))
            AssertHarmless(read, isDrawn: true);

        // Not his customer: neither the page, nor the file by its address, nor a file put there, nor its deletion.
        foreach (var url in new[] { $"/customers/{customer}", contract })
            using (var refused = await clerk.GetAsync(url))
                Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        string own;
        await using (var scope = await site.OpenScopeAsync())
            own = $"/customers/{await scope.CreateAsync("customers", ("name", "His own"), ("owner", "clerk"))}";
        using (var attached = await clerk.SubmitFilesAsync(own, "form.attach", [], ("files", "note.txt", "mine"u8.ToArray())))
            Assert.Equal(HttpStatusCode.Redirect, attached.StatusCode);
        var form = (await clerk.PageAsync(own)).QuerySelector<AngleSharp.Html.Dom.IHtmlFormElement>(".attachment-list form")!;
        form.SetAttribute("action", $"{contract}/delete");
        using (var refused = await clerk.SubmitAsync(form, []))
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);

        // Deleted and taken back; then the record goes for good, and the bytes with it.
        using (var deleted = await admin.SubmitAsync((await admin.PageAsync($"/customers/{customer}")).QuerySelector<AngleSharp.Html.Dom.IHtmlFormElement>($"form[action='{contract}/delete']")!, []))
            Assert.Equal(HttpStatusCode.Redirect, deleted.StatusCode);
        using (var gone = await admin.GetAsync(contract))
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await using (var scope = await site.OpenScopeAsync())
        {
            Assert.Equal(SaveStatus.Restored, (await scope.Content.RestoreAsync("attachments", Guid.Parse(contract.Split('/')[^1]), CancellationToken.None)).Status);
            Assert.Equal(3, Kept(site));
            Assert.True((await scope.Content.DeleteAsync("customers", customer, null, CancellationToken.None)).Succeeded);
            Assert.True((await scope.Content.PurgeAsync("customers", customer, CancellationToken.None)).Succeeded);
            await SweepAsync(scope);
        }
        Assert.Equal(1, Kept(site));
        using (var lost = await admin.GetAsync(contract))
            Assert.Equal(HttpStatusCode.NotFound, lost.StatusCode);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task FileField_IsFilledReplacedAndTakenBack_WithFilesOfOnesOwnAlone(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var admin = await site.SignInAsync();
        // A form that is refused for another reason keeps the file.
        using (var refused = await admin.SubmitFilesAsync("/customers/new", "main form.form", new() { ["name"] = "" }, ("logo.upload", "logo.png", Png)))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var again = (await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync())).QuerySelector<AngleSharp.Html.Dom.IHtmlFormElement>("main form.form")!;
            Assert.Contains("logo.png", again.TextContent, StringComparison.Ordinal);
            using var created = await admin.SubmitAsync(again, new() { ["name"] = "Harbour" });
            Assert.Equal(HttpStatusCode.Redirect, created.StatusCode);
        }
        await using var scope = await site.OpenScopeAsync();
        var customer = await scope.FindAsync("customers", "name", "Harbour");
        var first = customer.Get<StoredFile>("logo")!;
        var url = $"/customers/{customer.Id}/files/logo?v={first.Id}";
        Assert.Equal(url, (await admin.PageAsync($"/customers/{customer.Id}")).QuerySelector(".picture img")!.GetAttribute("src"));
        using (var read = await admin.GetAsync(url))
            AssertHarmless(read, isDrawn: true);

        // Replaced; the one before stays readable as part of the record's history, and can be brought back.
        using (var replaced = await admin.SubmitFilesAsync($"/customers/{customer.Id}/edit", "main form.form", [], ("logo.upload", "new.png", [.. Png, 1])))
            Assert.Equal(HttpStatusCode.Redirect, replaced.StatusCode);
        Assert.Equal("new.png", (await scope.FindAsync("customers", "name", "Harbour")).Get<StoredFile>("logo")!.Name);
        using (var read = await admin.GetAsync(url))
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(SaveStatus.Updated, (await scope.Content.SaveAsync(new("customers") { Id = customer.Id, Values = { ["logo"] = first } }, SaveOptions.Default, CancellationToken.None)).Status);

        // Nobody else's file can be taken by its id, whatever is said about it.
        var other = await scope.CreateAsync("customers", ("name", "Other"));
        using (var stolen = await admin.SubmitAsync($"/customers/{other}/edit", new() { ["logo"] = first.Write() }, "main form.form"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, stolen.StatusCode);
            Assert.Contains("choose it again", await stolen.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using (var removed = await admin.SubmitAsync($"/customers/{customer.Id}/edit", new() { ["logo.remove"] = "true" }, "main form.form"))
            Assert.Equal(HttpStatusCode.Redirect, removed.StatusCode);
        Assert.Null((await scope.FindAsync("customers", "name", "Harbour"))["logo"]);
        using (var none = await admin.GetAsync($"/customers/{customer.Id}/files/logo"))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        // Users are never removed for good; who is asked to has their files the morning after as well.
        Assert.Null(await scope.Definitions.SaveFieldAsync("users", Field.Image("portrait", "Portrait"), CancellationToken.None));
        var mei = await scope.CreateAsync("users", ("userName", "mei"), ("name", "Mei"), ("email", "mei@example.com"), ("roles", "Sales"));
        using (var pictured = await admin.SubmitFilesAsync($"/admin/users/{mei}/edit", "main form.form", [], ("portrait.upload", "mei.png", Png)))
            Assert.Equal(HttpStatusCode.Redirect, pictured.StatusCode);
        var portrait = (await scope.FindAsync("users", "userName", "mei")).Get<StoredFile>("portrait")!;
        Assert.True((await scope.Content.DeleteAsync("users", mei, null, CancellationToken.None)).Succeeded);
        Assert.Equal(SaveStatus.Invalid, (await scope.Content.PurgeAsync("users", mei, CancellationToken.None)).Status);
        await SweepAsync(scope);
        Assert.NotNull(scope.Services.GetRequiredService<FileStore>().Find(portrait.Id));
    }

    [Fact]
    public async Task Upload_OfWhatCouldAct_IsRefusedOrServedAsBytes()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var admin = await site.SignInAsync();
        Guid customer;
        await using (var scope = await site.OpenScopeAsync())
            customer = await scope.CreateAsync("customers", ("name", "Harbour"));
        var script = "<html><script>alert(document.domain)</script>"u8.ToArray();
        foreach (var (name, bytes, isDrawn) in new (string, byte[], bool)[]
        {
            ("page.html", script, false),
            ("picture.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8.ToArray(), false),
            ("picture.png", script, false),
            ("both.gif", [.. "GIF89a/*"u8, .. script], true),
            ("invoice.exe.pdf", "MZ"u8.ToArray(), false),
            ("a; filename=b.html", "x"u8.ToArray(), false),
            ("\u202Efdp.txt", "x"u8.ToArray(), false),
        })
        {
            var url = await AttachAsync(admin, customer, name, bytes);
            Assert.NotNull(url);
            using var read = await admin.GetAsync(url);
            AssertHarmless(read, isDrawn);
            Assert.Equal(bytes, await read.Content.ReadAsByteArrayAsync());
        }
        foreach (var (name, bytes, reason) in new[] { ("setup.exe", "MZ", "programs"), ("invoice.pdf.scr", "MZ", "programs"), ("run.BAT. ", "x", "programs"), ("empty.txt", "", "is empty") })
            Assert.Contains(reason, await RefusalAsync(admin, customer, name, Encoding.UTF8.GetBytes(bytes)), StringComparison.Ordinal);
        Assert.Contains("larger than 50 MB", await RefusalAsync(admin, customer, "large.bin", new byte[51 << 20]), StringComparison.Ordinal);
        using (var refused = await UploadAsync(admin, customer, await TokenAsync(admin, customer), new Zeros(2L << 30, isTold: true)))
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
            Assert.Contains("That is too large", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using (var refused = await admin.SubmitFilesAsync($"/customers/{customer}/edit", "main form.form", [], ("logo.upload", "logo.png", script)))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("must be a picture", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Directory.EnumerateFiles(site.DataDirectory, "*", SearchOption.AllDirectories), f => f.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) || f.Contains("page", StringComparison.Ordinal));
    }

    [Fact, Trait("Category", "Nightly")]
    public async Task Uploads_ManyAtOnce_LeaveMemoryFlat_WhetherRefusedOrKept()
    {
        await using var files = await TestFiles.SetUpAsync(DatabaseProvider.Sqlite);
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        await using var server = await ProductProcess.ServeAsync(files.Database, files.Directory, address);
        using var admin = new TestBrowser(address, "en");
        admin.Client.Timeout = TimeSpan.FromMinutes(5);
        Assert.Equal(HttpStatusCode.Redirect, (await admin.SignInAsync(TestSite.AdminName, TestSite.AdminPassword)).StatusCode);
        using (var created = await admin.SubmitAsync("/customers/new", new() { ["name"] = "Harbour" }))
            Assert.Equal(HttpStatusCode.Redirect, created.StatusCode);
        var customer = Guid.Parse((await admin.PageAsync("/customers")).QuerySelector("[data-row]")!.QuerySelector("a[href^='/customers/']")!.GetAttribute("href")!.Split('/', '?')[2]);
        var token = await TokenAsync(admin, customer);
        Assert.NotNull(await AttachAsync(admin, customer, "first.bin", new byte[1 << 20]));
        var before = await server.PeakMemoryAsync();

        // Whoever says that 2 GB are coming is told before they come.
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SendAsync(2L << 30, isTold: true))), status => Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status));
        // Whoever does not say so is cut off; when he has not read the answer by then, he has none.
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(2L << 30, isTold: false))), status => Assert.True(status is null or HttpStatusCode.RequestEntityTooLarge, status.ToString()));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(files.Directory, "files"), "*", SearchOption.AllDirectories));
        var refused = await server.PeakMemoryAsync() - before;
        Assert.InRange(refused, 0, MoreMegabytes);

        // Others read a large file meanwhile.
        Assert.Equal(HttpStatusCode.Redirect, await SendAsync(40L << 20, isTold: true));
        var large = (await admin.PageAsync($"/customers/{customer}")).QuerySelectorAll(".attachment-list a").Single(a => a.TextContent.Contains("large.bin", StringComparison.Ordinal)).GetAttribute("href")!;
        var reading = Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var stream = await admin.Client.GetStreamAsync(large);
            var (buffer, sum) = (new byte[1 << 16], 0L);
            for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
                sum += read;
            Assert.Equal(40L << 20, sum);
        }).ToList();
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(40L << 20, isTold: i % 2 == 0))), status => Assert.Equal(HttpStatusCode.Redirect, status));
        await Task.WhenAll(reading);
        Assert.Equal(22, Directory.EnumerateFiles(Path.Combine(files.Directory, "files"), "*", SearchOption.AllDirectories).Count());
        var kept = await server.PeakMemoryAsync() - before;
        TestContext.Current.TestOutputHelper!.WriteLine($"peak {before} MB before, {refused} MB more when refusing, {kept} MB more when keeping and reading");
        Assert.InRange(kept, 0, MoreMegabytes);

        async Task<HttpStatusCode?> SendAsync(long bytes, bool isTold)
        {
            try
            {
                using var answer = await UploadAsync(admin, customer, token, new Zeros(bytes, isTold));
                return answer.StatusCode;
            }
            catch (HttpRequestException) when (!isTold)
            {
                return null;
            }
        }
    }

    /// <summary>Asks before it sends, so that a refusal is read before anything is sent.</summary>
    private static async Task<HttpResponseMessage> UploadAsync(TestBrowser browser, Guid customer, string token, HttpContent file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/customers/{customer}/attachments")
        {
            Content = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { file, "files", "large.bin" } },
        };
        request.Headers.ExpectContinue = true;
        return await browser.Client.SendAsync(request);
    }

    private static async Task<string> TokenAsync(TestBrowser browser, Guid customer)
        => (await browser.PageAsync($"/customers/{customer}")).QuerySelector("form.attach input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_SavedJustWhenItsTimeIsOver_IsKept_OrTheSaveIsRefused(bool isSavedFirst)
    {
        var pause = new Pause();
        await using var platform = await TestPlatform.CreateAsync(DatabaseProvider.Postgres, s => s.AddSingleton<IContentHandler>(pause));
        var file = new StoredFile(Guid.CreateVersion7(), "plan.pdf", FileSignature.Pdf, 1);
        await using var scope = platform.OpenAsSystem();
        Assert.Null(await scope.Definitions.SaveFieldAsync("companies", Field.File("plan", "Plan"), CancellationToken.None));
        await scope.Services.GetRequiredService<FileRows>().AddAsync(file, CancellationToken.None);
        var (reached, goOn) = pause.At(isSavedFirst);
        var saving = Task.Run(() => scope.Content.SaveAsync(new("companies") { Values = { ["name"] = "Acme", ["plan"] = file } }, SaveOptions.Default, CancellationToken.None));
        await reached;
        await using var night = platform.OpenAsSystem();
        var sweeping = Task.Run(() => night.Services.GetRequiredService<FileRows>().RemoveGoneAsync(file.Id, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1), CancellationToken.None));
        await using var look = platform.OpenAsSystem();
        await Eventually.HoldsAsync(async () => sweeping.IsCompleted
            || await look.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), CancellationToken.None) > 0);
        goOn();
        var saved = await saving;
        Assert.Equal(!isSavedFirst, await sweeping);
        Assert.Equal(isSavedFirst ? SaveStatus.Created : SaveStatus.Invalid, saved.Status);
        if (!isSavedFirst)
            Assert.Contains("choose it again", Assert.Single(saved.Errors).Message.ToString(), StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A picture is drawn, all else is downloaded; opened all the same, it has no scripts, no forms and no origin.</summary>
    private static void AssertHarmless(HttpResponseMessage read, bool isDrawn)
    {
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        var type = read.Content.Headers.ContentType!.MediaType;
        Assert.Equal(isDrawn, type is "image/png" or "image/gif");
        Assert.Equal(isDrawn ? null : "attachment", read.Content.Headers.ContentDisposition?.DispositionType);
        Assert.True(isDrawn || type == "application/octet-stream", type);
        Assert.Equal("nosniff", read.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; sandbox", read.Headers.GetValues("Content-Security-Policy").Single());
        Assert.True(read.Headers.CacheControl is { Private: true, NoCache: true });
    }

    private static async Task<string?> AttachAsync(TestBrowser browser, Guid customer, string name, byte[] bytes)
    {
        using var attached = await browser.SubmitFilesAsync($"/customers/{customer}", "form.attach", [], ("files", name, bytes));
        Assert.Equal(HttpStatusCode.Redirect, attached.StatusCode);
        return (await browser.PageAsync($"/customers/{customer}")).QuerySelector(".attachment-list a")?.GetAttribute("href");
    }

    private static async Task<string> RefusalAsync(TestBrowser browser, Guid customer, string name, byte[] bytes)
    {
        using var attached = await browser.SubmitFilesAsync($"/customers/{customer}", "form.attach", [], ("files", name, bytes));
        return (await browser.PageAsync($"/customers/{customer}")).Body!.TextContent;
    }

    private static int Kept(TestSite site)
        => Path.Combine(site.DataDirectory, "files") is var files && Directory.Exists(files) ? Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories).Count() : 0;

    private static Task SweepAsync(TestScope scope)
        => scope.Services.GetServices<IBackgroundTask>().Single(t => t.Name == "sweep-files").RunAsync(new Dictionary<string, string>(), CancellationToken.None);

    /// <summary>So many bytes, without keeping them; says how many, or just sends them.</summary>
    private sealed class Zeros(long length, bool isTold) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var buffer = new byte[1 << 16];
            for (var left = length; left > 0; left -= buffer.Length)
                await stream.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return isTold;
        }
    }
}
