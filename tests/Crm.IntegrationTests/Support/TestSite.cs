using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;

namespace Crm.IntegrationTests.Support;

/// <summary>The whole product on a free port, with a database and a data directory of its own.</summary>
public sealed class TestSite : IAsyncDisposable
{
    public const string AdminName = "admin";
    public const string AdminPassword = "Correct-Horse-7";

    private readonly TestFiles _files;
    private readonly bool _isFirst;

    private TestSite(TestFiles files, CrmHost host, bool isFirst = true)
    {
        (_files, _isFirst) = (files, isFirst);
        Host = host;
    }

    public CrmHost Host { get; }

    public string ConnectionString => _files.Database.ConnectionString;

    public Uri Address => Host.Address;

    public string DataDirectory => _files.Directory;

    /// <param name="setUp">False leaves the site waiting at its set-up page.</param>
    /// <param name="fixDatabase">False leaves the choice of the database to the set-up page.</param>
    /// <param name="catalog">Other modules than those of the product.</param>
    /// <param name="connection">Follows the connection string.</param>
    /// <param name="clock">See <see cref="MovableClock"/>.</param>
    public static async Task<TestSite> StartAsync(DatabaseProvider provider, bool setUp = true, bool fixDatabase = true, string recipe = "Blank", string culture = "en", ModuleCatalog? catalog = null, Dictionary<string, string?>? settings = null, TimeProvider? clock = null, string connection = "")
    {
        // Other modules, another clock and other settings take part in setting up.
        var isUsual = setUp && catalog is null && clock is null && settings is null;
        var files = await (isUsual ? TestFiles.SetUpAsync(provider, recipe, culture) : TestFiles.CreateAsync(provider));
        var configuration = setUp && !isUsual ? files.SettingUp(recipe, culture) : files.Configuration();
        configuration["Crm:Database:ConnectionString"] += connection;
        if (!fixDatabase)
        {
            configuration.Remove("Crm:Database:Provider");
            configuration.Remove("Crm:Database:ConnectionString");
        }
        foreach (var (name, value) in settings ?? [])
            configuration[name] = value;
        var host = CrmHost.Create([], typeof(Program).Assembly, quiet: true, configuration, catalog, clock);
        await host.StartAsync(CancellationToken.None);
        return new TestSite(files, host);
    }

    /// <summary>Another node of this site, with the same database and data directory. To be gone before the first.</summary>
    public async Task<TestSite> AddNodeAsync()
    {
        var host = CrmHost.Create([], typeof(Program).Assembly, quiet: true, new Dictionary<string, string?>(_files.Configuration()) { ["Crm:NodeDirectory"] = Path.Combine(DataDirectory, "node-2") });
        await host.StartAsync(CancellationToken.None);
        return new TestSite(_files, host, isFirst: false);
    }

    /// <summary>The product's modules and others.</summary>
    public static ModuleCatalog CatalogWith(params System.Reflection.Assembly[] others)
    {
        var own = typeof(Program).Assembly.GetCustomAttributes(typeof(ModuleNameAttribute), false).Cast<ModuleNameAttribute>()
            .Select(a => System.Reflection.Assembly.Load(a.Name));
        return ModuleCatalog.From(own.Concat(others));
    }

    /// <summary>A browser without script: keeps cookies, does not follow redirects.</summary>
    public TestBrowser Open(string culture = "en") => new(Address, culture);

    public async Task<TestBrowser> SignInAsync(string userName = AdminName, string password = AdminPassword)
    {
        var browser = Open();
        var response = await browser.SignInAsync(userName, password);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return browser;
    }

    /// <summary>Runs a command as the executable would, in this process, against the same database.</summary>
    public Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => _files.RunAsync(arguments);

    /// <summary>Makes a user with a role whose password needs no change.</summary>
    public async Task<TestBrowser> SignInAsNewAsync(string userName, string role)
    {
        var (code, _, error) = await RunAsync("user", "create", "--user-name", userName, "--name", userName, "--email", $"{userName}@example.com", "--role", role, "--password", AdminPassword, "--no-change");
        Assert.True(code == 0, error);
        return await SignInAsync(userName);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (_isFirst)
            await _files.DisposeAsync();
    }
}

/// <summary>What a person without script can do: follow links, fill forms in, send them.</summary>
public sealed class TestBrowser : IDisposable
{
    private static readonly IBrowsingContext Parser = BrowsingContext.New(AngleSharp.Configuration.Default);

    private readonly HttpClient _client;

    public TestBrowser(Uri address, string culture)
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer(), Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = address };
        _client.DefaultRequestHeaders.Add("Accept", "text/html,application/json;q=0.5");
        _client.DefaultRequestHeaders.Add("Accept-Language", culture);
    }

    public HttpClient Client => _client;

    public Task<HttpResponseMessage> GetAsync(string url) => _client.GetAsync(url);

    public async Task<IHtmlDocument> PageAsync(string url)
    {
        using var response = await _client.GetAsync(url);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"GET {url} answered {(int)response.StatusCode}: {text}");
        return await ParseAsync(text);
    }

    public static async Task<IHtmlDocument> ParseAsync(string html)
        => (IHtmlDocument)await Parser.OpenAsync(r => r.Content(html));

    public async Task<HttpResponseMessage> SignInAsync(string userName, string password)
    {
        var page = await PageAsync("/login");
        var form = page.Forms.Single(f => f.QuerySelector("input[type=password]") is not null);
        var user = form.QuerySelectorAll<IHtmlInputElement>("input").First(i => i.Type is "text" or "email" && i.Name is not null);
        var secret = form.QuerySelector<IHtmlInputElement>("input[type=password]")!;
        return await SubmitAsync(form, new() { [user.Name!] = userName, [secret.Name!] = password });
    }

    /// <summary>Opens a page and sends its form with these values laid over what is there.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string url, Dictionary<string, string> values, string? formSelector = null)
    {
        var page = await PageAsync(url);
        var form = formSelector is null
            ? page.QuerySelectorAll<IHtmlFormElement>("main form").First(f => f.Method == "post")
            : page.QuerySelector<IHtmlFormElement>(formSelector)!;
        return await SubmitAsync(form, values, url);
    }

    public Task<HttpResponseMessage> SubmitAsync(IHtmlFormElement form, Dictionary<string, string> values, string url = "/login")
        => _client.PostAsync(ActionOf(form, url), new FormUrlEncodedContent(Fields(form, values)));

    /// <summary>The same with files, as a browser sends them.</summary>
    public async Task<HttpResponseMessage> SubmitFilesAsync(string url, string formSelector, Dictionary<string, string> values, params (string Input, string FileName, byte[] Bytes)[] files)
    {
        var form = (await PageAsync(url)).QuerySelector<IHtmlFormElement>(formSelector)!;
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in Fields(form, values))
            content.Add(new StringContent(value), name);
        foreach (var (input, fileName, bytes) in files)
            content.Add(new ByteArrayContent(bytes), input, fileName);
        return await _client.PostAsync(ActionOf(form, url), content);
    }

    private static string ActionOf(IHtmlFormElement form, string url) => form.GetAttribute("action") is { Length: > 0 } action ? action : url;

    private static List<KeyValuePair<string, string>> Fields(IHtmlFormElement form, Dictionary<string, string> values)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var element in form.QuerySelectorAll("input,select,textarea"))
        {
            var name = element.GetAttribute("name");
            if (string.IsNullOrEmpty(name) || values.ContainsKey(name) || element.HasAttribute("disabled"))
                continue;
            switch (element)
            {
                case IHtmlInputElement { Type: "checkbox" or "radio" } box when box.IsChecked:
                    fields.Add(new(name, box.Value));
                    break;
                case IHtmlInputElement { Type: not ("checkbox" or "radio" or "submit" or "button" or "file") } input:
                    fields.Add(new(name, input.Value));
                    break;
                case IHtmlSelectElement { Value: { } value }:
                    fields.Add(new(name, value));
                    break;
                case IHtmlTextAreaElement area:
                    fields.Add(new(name, area.Value));
                    break;
            }
        }
        fields.AddRange(values);
        return fields;
    }

    public void Dispose() => _client.Dispose();
}
