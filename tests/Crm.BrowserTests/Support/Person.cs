using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.IntegrationTests.Support;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Crm.BrowserTests.Support;

/// <summary>
/// Somebody at a browser in one language: by day each journey is made in one of them, at night in the other too. Pages
/// they look at are photographed under <c>artifacts/screens</c> and checked: accessible, no sideways scrolling, no error
/// in the console. By day they look wide and light, and on a phone and dark, in turn; at night both ways each time.
/// </summary>
public sealed partial class Person : IAsyncDisposable
{
    private static readonly (string Size, int Width, int Height, string Theme)[] Views = [("wide", 1440, 900, "light"), ("phone", 390, 844, "dark")];

    // What the browser itself reports to the console: refused requests (tests that ask for one look at its status); and of
    // the sandboxed preview of a message that no script runs in it and that the picture that counts opens is not loaded.
    [GeneratedRegex("^(Failed to load resource|Blocked script execution in|Loading the image '[^']*/t/o/)")]
    private static partial Regex Expected();

    private static readonly bool AtNight = Environment.GetEnvironmentVariable("CRM_TEST_NIGHT") == "true";

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Dictionary<string, string> _texts;
    private readonly string _culture;
    private int _looks;

    private Person(IBrowserContext context, IPage page, string culture, Dictionary<string, string> texts)
    {
        (_context, Page, _culture, _texts) = (context, page, culture, texts);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !Expected().IsMatch(message.Text))
                _errors.Enqueue($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => _errors.Enqueue($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    public static async Task<Person> OpenAsync(Chromium chromium, Uri address, string culture)
    {
        var context = await chromium.Browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            Locale = culture,
            TimezoneId = "Asia/Shanghai",
            ViewportSize = new() { Width = Views[0].Width, Height = Views[0].Height },
        });
        context.SetDefaultTimeout(15_000);
        return new Person(context, await context.NewPageAsync(), culture, culture == "zh-CN" ? Translations() : []);
    }

    /// <summary>The administrator, signed in.</summary>
    public static Task<Person> AdministratorAsync(Chromium chromium, TestSite site, string culture) => SignedInAsync(chromium, site, culture, TestSite.AdminName);

    /// <summary>A new user with a role, signed in.</summary>
    public static async Task<Person> ColleagueAsync(Chromium chromium, TestSite site, string culture, string userName, string role)
    {
        (await site.SignInAsNewAsync(userName, role)).Dispose();
        return await SignedInAsync(chromium, site, culture, userName);
    }

    private static async Task<Person> SignedInAsync(Chromium chromium, TestSite site, string culture, string userName)
    {
        var person = await OpenAsync(chromium, site.Address, culture);
        await person.SignInAsync(userName, TestSite.AdminPassword);
        return person;
    }

    /// <summary>A text of the product in this person's language.</summary>
    public string Say(string english) => _culture == "en" ? english : _texts.GetValueOrDefault(english) ?? throw new ArgumentException($"“{english}” has no translation.");

    public Task GoAsync(string url) => Page.GotoAsync(url);

    public ILocator Button(string english) => Page.GetByRole(AriaRole.Button, new() { Name = Say(english), Exact = true });

    public ILocator Link(string english) => Page.GetByRole(AriaRole.Link, new() { Name = Say(english), Exact = true });

    public ILocator Field(string english) => Page.GetByLabel(Say(english), new() { Exact = true });

    public async Task SignInAsync(string userName, string password)
    {
        await GoAsync("/login");
        await Page.Locator("input[name=userName]").FillAsync(userName);
        await Page.Locator("input[name=password]").FillAsync(password);
        await Page.Locator("form[action='/login'] button").ClickAsync();
    }

    /// <summary>The session's cookies, for another browser.</summary>
    public Task<string> StorageAsync() => _context.StorageStateAsync();

    /// <summary>Photographs and checks the page as it is.</summary>
    public async Task LookAsync(string name)
    {
        await Assertions.Expect(Page.Locator("html")).ToHaveAttributeAsync("lang", _culture);
        foreach (var (size, width, height, theme) in AtNight ? Views : [Views[_looks++ % Views.Length]])
        {
            await Page.SetViewportSizeAsync(width, height);
            await Page.EvaluateAsync("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme);
            var path = Path.Combine(Folder, $"{name}-{_culture}-{size}-{theme}.png");
            await Page.ScreenshotAsync(new() { Path = path, FullPage = size == "phone", Animations = ScreenshotAnimations.Disabled });
            await CheckAccessibleAsync($"{name} ({size}, {theme})");
            var beyond = await Page.EvaluateAsync<string[]>("""
                () => document.documentElement.scrollWidth <= window.innerWidth ? []
                    : [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth).map(e => e.cloneNode().outerHTML).slice(0, 5).concat('and perhaps others')
                """);
            Assert.True(beyond.Length == 0, $"{name} scrolls sideways at {width} px: {string.Join(' ', beyond)}");
        }
        await Page.SetViewportSizeAsync(Views[0].Width, Views[0].Height);
        await Page.EvaluateAsync("document.documentElement.setAttribute('data-bs-theme', 'light')");
        Assert.True(_errors.IsEmpty, string.Join('\n', _errors));
    }

    // Frames hold what people wrote, in a sandbox where axe cannot run.
    private async Task CheckAccessibleAsync(string where)
    {
        if (!await Page.EvaluateAsync<bool>("typeof axe === 'object'"))
            await Page.EvaluateAsync(Axe);
        var violations = await Page.EvaluateAsync<string[]>("""
            async runOnly => (await axe.run(document, { runOnly, iframes: false, resultTypes: ['violations'] })).violations
                .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html).join(' | ')}`)
            """, new { type = "tag", values = new[] { "wcag2a", "wcag2aa", "wcag21a", "wcag21aa" } });
        Assert.True(violations.Length == 0, $"{where}: {string.Join("; ", violations)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.True(_errors.IsEmpty, string.Join('\n', _errors));
    }

    private static string Folder { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "screens")).FullName;

    private static string Root
    {
        get
        {
            for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
                if (File.Exists(Path.Combine(directory.FullName, "Crm.sln")))
                    return directory.FullName;
            return Environment.GetEnvironmentVariable("CRM_TEST_ROOT") ?? Environment.CurrentDirectory;
        }
    }

    private static Dictionary<string, string> Translations()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "src"), "zh-CN.json", SearchOption.AllDirectories).Where(f => !f.Contains("node_modules", StringComparison.Ordinal)))
            foreach (var (english, chinese) in JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))!)
                texts[english] = chinese;
        return texts;
    }
}
