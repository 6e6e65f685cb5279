using System.Globalization;
using System.Net.Mail;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;
using Crm.Platform.Recipes;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Setup;

/// <summary>What is asked before there is a site. Property names are those of <see cref="SetupRequest"/>.</summary>
internal sealed class SetupForm
{
    public string? SiteName { get; set; }

    public string? Culture { get; set; }

    public DatabaseProvider Provider { get; set; }

    public string? ConnectionString { get; set; }

    public string? Recipe { get; set; }

    public string? AdminUserName { get; set; }

    public string? AdminEmail { get; set; }

    public string? AdminPassword { get; set; }

    public string? PasswordAgain { get; set; }

    /// <summary>The button was pressed; else another language was chosen, and the page comes back in it.</summary>
    public bool Run { get; set; }
}

/// <param name="Errors">By name of the answer; the empty name for all of them.</param>
internal sealed record SetupPage(SetupForm Form, IReadOnlyList<Recipe> Recipes, bool IsDatabaseFixed, IReadOnlyDictionary<string, string> Errors);

/// <summary>The whole of a site that is not set up yet: every address shows the set-up page.</summary>
[AllowAnonymous]
internal sealed class SetupController(SetupRunner setup, RecipeCatalog recipes, SiteHost sites, IStringLocalizer localizer) : Controller
{
    [HttpGet("/")]
    public IActionResult Index()
        => sites.IsSetUp ? Redirect("/login") : Page(new SetupForm { Culture = CultureInfo.CurrentUICulture.Name, Recipe = "Blank", AdminUserName = "admin" }, []);

    [HttpGet("/{**path}", Order = int.MaxValue)]
    public IActionResult Anywhere()
        => Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)) ? Redirect("/") : NotFound();

    [HttpPost("/")]
    public async Task<IActionResult> Index([FromForm] SetupForm form, CancellationToken cancellationToken)
    {
        // Whoever pressed the button twice has a site by now.
        if (sites.IsSetUp)
            return Redirect("/login");
        ModelState.Clear();
        if (!form.Run)
            return SwitchLanguage(form);
        var errors = Check(form);
        if (errors.Count > 0)
            return Page(form, errors);
        try
        {
            await setup.RunAsync(new SetupRequest(form.SiteName!, form.Culture!, form.Recipe!, form.AdminUserName!, form.AdminEmail, form.AdminPassword!,
                setup.IsDatabaseFixed ? null : form.Provider, form.Provider == DatabaseProvider.Postgres ? form.ConnectionString : null), cancellationToken);
        }
        catch (SetupException e)
        {
            return Page(form, new() { [e.Field ?? ""] = e.Reason.For(localizer) });
        }
        // This request still runs in the set-up site; the next one meets the new site, in the language that was chosen.
        RememberLanguage(form.Culture!);
        return Redirect("/login");
    }

    /// <summary>The browser sends the same answers once more, and the request begins in the new language.</summary>
    private IActionResult SwitchLanguage(SetupForm form)
    {
        if (form.Culture is null || !SiteSettings.Cultures.Contains(form.Culture) || form.Culture == CultureInfo.CurrentUICulture.Name)
            return Page(form, []);
        RememberLanguage(form.Culture);
        return RedirectPreserveMethod("/");
    }

    private void RememberLanguage(string culture)
        => Response.Cookies.Append("crm.culture", culture, new CookieOptions { HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = Request.IsHttps, MaxAge = TimeSpan.FromDays(365) });

    private Dictionary<string, string> Check(SetupForm form)
    {
        var errors = new Dictionary<string, string>();
        void Error(string field, Message message) => errors.TryAdd(field, message.For(localizer));
        if (string.IsNullOrWhiteSpace(form.SiteName) || form.SiteName.Length > 100)
            Error(nameof(form.SiteName), new("The site needs a name of at most {0} characters", 100));
        if (form.Culture is null || !SiteSettings.Cultures.Contains(form.Culture))
            Error(nameof(form.Culture), new("Choose a language"));
        if (!setup.IsDatabaseFixed && form.Provider == DatabaseProvider.Postgres && string.IsNullOrWhiteSpace(form.ConnectionString))
            Error(nameof(form.ConnectionString), new("PostgreSQL needs a connection string"));
        if (form.Recipe is null || recipes.Find(form.Recipe) is null)
            Error(nameof(form.Recipe), new("Choose what to start with"));
        if (string.IsNullOrWhiteSpace(form.AdminUserName))
            Error(nameof(form.AdminUserName), new("The administrator needs a user name"));
        if (string.IsNullOrWhiteSpace(form.AdminEmail) || !MailAddress.TryCreate(form.AdminEmail.Trim(), out _))
            Error(nameof(form.AdminEmail), new("This must be an e-mail address such as name@example.com"));
        if (string.IsNullOrEmpty(form.AdminPassword))
            Error(nameof(form.AdminPassword), new("The administrator needs a password"));
        else if (form.AdminPassword != form.PasswordAgain)
            Error(nameof(form.PasswordAgain), new("This is not the same password"));
        return errors;
    }

    private ViewResult Page(SetupForm form, Dictionary<string, string> errors)
    {
        if (errors.Count > 0)
            Response.StatusCode = StatusCodes.Status400BadRequest;
        var offered = recipes.All.OrderBy(r => r.Name != "Blank").ThenBy(r => r.Name, StringComparer.Ordinal).ToList();
        return View("Index", new SetupPage(form, offered, setup.IsDatabaseFixed, errors));
    }
}
