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
/// in the console. By day they look wide and light, and on a phone and dark, in turn; at night in all four ways each time.
/// </summary>
public sealed partial class Person : IAsyncDisposable
{
    private static readonly PageView[] Views = [new("wide", 1440, 900, "light"), new("phone", 390, 844, "dark"), new("wide", 1440, 900, "dark"), new("phone", 390, 844, "light")];

    // What the browser itself reports to the console: refused requests (tests that ask for one look at its status); and of
    // the sandboxed preview of a message that no script runs in it and that the picture that counts opens is not loaded.
    [GeneratedRegex("^(Failed to load resource|Blocked script execution in|Loading the image '[^']*/t/o/)")]
    private static partial Regex Expected();

    /// <summary>What a page may move while it loads, as browsers measure it (of 0.1, people notice).</summary>
    public const double MostShift = 0.01;

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

    public static async Task<Person> OpenAsync(Chromium chromium, Uri address, string culture, string? session = null)
    {
        var context = await chromium.Browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            Locale = culture,
            StorageState = session,
            TimezoneId = "Asia/Shanghai",
            ViewportSize = new() { Width = Views[0].Width, Height = Views[0].Height },
        });
        context.SetDefaultTimeout(15_000);
        await context.AddInitScriptAsync("""
            window.shifts = [];
            new PerformanceObserver(list => list.getEntries().filter(e => !e.hadRecentInput).forEach(e => shifts.push({ value: e.value, of: e.sources.map(s => s.node?.outerHTML?.slice(0, 120)) })))
                .observe({ type: 'layout-shift', buffered: true });
            """);
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
        foreach (var view in AtNight ? Views : [Views[_looks++ % 2]])
        {
            await ShowAsync(view);
            await CheckAsync(name, view);
        }
        await ShowAsync(Views[0]);
        Assert.True(_errors.IsEmpty, string.Join('\n', _errors));
    }

    /// <summary>Opens the page anew in each of the four ways, and checks what <see cref="LookAsync"/> checks and that nothing moves while it loads.</summary>
    public async Task OpenAndLookAsync(string url, string name)
    {
        foreach (var view in Views)
        {
            // A wide screen has the theme that its user chose, a phone that of its system.
            await _context.AddCookiesAsync([new() { Name = "theme", Value = view.Size == "wide" ? view.Theme : "auto", Domain = new Uri(Page.Url).Host, Path = "/" }]);
            await ShowAsync(view);
            await Page.GotoAsync(url, new() { WaitUntil = WaitUntilState.NetworkIdle });
            await Assertions.Expect(Page.Locator("html")).ToHaveAttributeAsync("lang", _culture);
            var shifts = await Page.EvaluateAsync<JsonElement>("shifts");
            Assert.True(shifts.EnumerateArray().Sum(s => s.GetProperty("value").GetDouble()) < MostShift, $"{name} ({view.Size}, {view.Theme}) jumps while it loads: {shifts}");
            await CheckAsync(name, view);
        }
        Assert.True(_errors.IsEmpty, string.Join('\n', _errors));
    }

    // As the system's setting, which people follow who have not chosen a theme themselves.
    private async Task ShowAsync(PageView view)
    {
        await Page.SetViewportSizeAsync(view.Width, view.Height);
        await Page.EmulateMediaAsync(new() { ColorScheme = view.Theme == "dark" ? ColorScheme.Dark : ColorScheme.Light });
    }

    private async Task CheckAsync(string name, PageView view)
    {
        var path = Path.Combine(Folder, $"{name}-{_culture}-{view.Size}-{view.Theme}.png");
        await Page.ScreenshotAsync(new() { Path = path, FullPage = view.Size == "phone", Animations = ScreenshotAnimations.Disabled });
        Assert.Equal(view.Theme == "dark", await Page.EvaluateAsync<bool>("getComputedStyle(document.body).color.match(/\\d+/g).slice(0, 3).every(part => part > 127)"));
        await CheckAccessibleAsync($"{name} ({view.Size}, {view.Theme})");
        var beyond = await Page.EvaluateAsync<string[]>("""
            () => document.documentElement.scrollWidth <= window.innerWidth ? []
                : [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth).map(e => e.cloneNode().outerHTML).slice(0, 5).concat('and perhaps others')
            """);
        Assert.True(beyond.Length == 0, $"{name} scrolls sideways at {view.Width} px: {string.Join(' ', beyond)}");
    }

    // Frames hold what people wrote, in a sandbox where axe cannot run. What a bar that stays in place covers in part, the page
    // scrolls out from under it: only its whole size counts.
    private async Task CheckAccessibleAsync(string where)
    {
        if (!await Page.EvaluateAsync<bool>("typeof axe === 'object'"))
            await Page.EvaluateAsync(Axe);
        var violations = await Page.EvaluateAsync<string[]>("""
            async runOnly => {
                const stays = element => element && (['fixed', 'sticky'].includes(getComputedStyle(element).position) || stays(element.parentElement));
                const isUnderBar = node => node.any.some(c => c.id === 'target-size' && /obscured/i.test(c.data?.messageKey)
                    && c.relatedNodes.length && c.relatedNodes.every(by => stays(document.querySelector(by.target.at(-1)))));
                return (await axe.run(document, { runOnly, iframes: false, resultTypes: ['violations'] })).violations
                    .map(v => ({ id: v.id, nodes: v.nodes.filter(n => !isUnderBar(n)) }))
                    .filter(v => v.nodes.length).map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => `${n.html} (${n.any.concat(n.all).map(c => c.message).join('; ')})`).join(' | ')}`);
            }
            """, new { type = "tag", values = new[] { "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice" } });
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

internal sealed record PageView(string Size, int Width, int Height, string Theme);
