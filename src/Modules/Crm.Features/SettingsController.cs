using System.Globalization;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Features;

/// <summary>The form of the site's settings, as it is posted and shown again.</summary>
internal sealed class SettingsInput
{
    public string? Name { get; set; }

    public string? Culture { get; set; }

    public string? Currency { get; set; }

    public string? Region { get; set; }

    public string? TimeZone { get; set; }
}

internal sealed record SettingsPage(SettingsInput Input, IReadOnlyDictionary<string, string> Errors, IReadOnlyList<(string Code, string Name)> Regions, IReadOnlyList<string> TimeZones)
{
    public string? ErrorOf(string input) => Errors.GetValueOrDefault(input);
}

/// <summary>What holds for the site as a whole.</summary>
[RequirePermission(FeaturesPermissions.ChangeSettings)]
internal sealed class SettingsController(SettingsStore settings, IStringLocalizer localizer) : Controller
{
    private const string Address = "/admin/settings";
    private const int MaxName = 100;

    [HttpGet(Address)]
    public IActionResult Index()
    {
        var site = settings.Site;
        return View(Page(new SettingsInput { Name = site.Name, Culture = site.Culture, Currency = site.Currency, Region = site.Region, TimeZone = site.TimeZone }, []));
    }

    [HttpPost(Address)]
    public async Task<IActionResult> Index([FromForm] SettingsInput input, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string>();
        var name = input.Name?.Trim() ?? "";
        if (name.Length is 0 or > MaxName)
            errors["name"] = localizer["The site needs a name of at most {0} characters", MaxName];
        if (!SiteSettings.Cultures.Contains(input.Culture))
            errors["culture"] = localizer["The language must be one of: {0}", string.Join(", ", SiteSettings.Cultures)];
        if (input.Currency is null || !Currencies.IsKnown(input.Currency))
            errors["currency"] = localizer["{0} is not a currency code", input.Currency ?? ""];
        if (Regions().All(r => r.Code != input.Region))
            errors["region"] = localizer["Choose a country from the list"];
        if (input.TimeZone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(input.TimeZone, out _))
            errors["timeZone"] = localizer["{0} is not a time zone", input.TimeZone ?? ""];
        if (errors.Count > 0)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            ModelState.Clear();
            return View(Page(input, errors));
        }
        await settings.SaveSiteAsync(settings.Site with { Name = name, Culture = input.Culture!, Currency = input.Currency!, Region = input.Region!, TimeZone = input.TimeZone! }, cancellationToken);
        new Toast(localizer["The settings are saved."]).ShowOnNextPage(this);
        return Redirect(Address);
    }

    private static SettingsPage Page(SettingsInput input, Dictionary<string, string> errors) => new(input, errors, Regions(), TimeZones.Names);

    /// <summary>Countries by ISO 3166 code, named in the reader's language.</summary>
    private static List<(string Code, string Name)> Regions()
        => [.. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Select(c => new RegionInfo(c.Name))
            .Where(r => r.TwoLetterISORegionName is [>= 'A' and <= 'Z', >= 'A' and <= 'Z']).DistinctBy(r => r.TwoLetterISORegionName)
            .Select(r => (Code: r.TwoLetterISORegionName, Name: new RegionInfo($"{CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}-{r.TwoLetterISORegionName}").NativeName))
            .OrderBy(r => r.Name, StringComparer.CurrentCulture)];
}
