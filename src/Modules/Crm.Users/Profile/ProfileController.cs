using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

internal sealed class ProfileForm
{
    public string? Culture { get; set; }

    public string? TimeZone { get; set; }
}

/// <param name="Culture">Empty for the browser's.</param>
/// <param name="TimeZone">Empty for the site's.</param>
internal sealed record ProfilePage(ContentItem User, PickListOption[] Cultures, PickListOption[] TimeZones, string Culture, string TimeZone, string SiteZone, string Teams)
{
    public string? Error { get; init; }
}

/// <summary>One's own account: who the site takes one for, language, time zone and password.</summary>
[SignedIn]
internal sealed class ProfileController(QueryEngine queries, IContentManager content, ContentDefinitions definitions, SettingsStore settings, ActorContext actor, IStringLocalizer localizer) : Controller
{
    [HttpGet("/profile")]
    public async Task<IActionResult> Index(CancellationToken cancellationToken)
        => await PageAsync(cancellationToken) is { } page ? View(page) : NotFound();

    [HttpPost("/profile")]
    public async Task<IActionResult> Index([FromForm] ProfileForm form, CancellationToken cancellationToken)
    {
        if (await PageAsync(cancellationToken) is not { } page)
            return NotFound();
        // Nobody needs the right to change users for these two of their own.
        var result = await actor.AsSystemAsync(() => content.SaveAsync(new ContentChange(SystemTypes.Users)
        {
            Id = page.User.Id,
            Texts = { [UserFields.Culture] = form.Culture, [UserFields.TimeZone] = form.TimeZone },
        }, SaveOptions.Default, cancellationToken));
        if (!result.Succeeded)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View(page with { Culture = form.Culture ?? "", TimeZone = form.TimeZone ?? "", Error = string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer))) });
        }
        if (SiteSettings.Cultures.Contains(form.Culture ?? ""))
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(form.Culture!);
        new Toast(localizer["Your profile is saved."]).ShowOnNextPage(this);
        return LocalRedirect("/profile");
    }

    private async Task<ProfilePage?> PageAsync(CancellationToken cancellationToken)
    {
        if (actor.Current.UserId is not { } me || await actor.AsSystemAsync(() => queries.GetAsync(SystemTypes.Users, me, cancellationToken)) is not { } user)
            return null;
        var type = definitions.Current.Get(SystemTypes.Users);
        return new(user, [.. type.Field(UserFields.Culture).Options], [.. type.Field(UserFields.TimeZone).Options],
            user.Get<string>(UserFields.Culture) ?? "", user.Get<string>(UserFields.TimeZone) ?? "", settings.Site.TimeZone, string.Join(localizer[", "], NamesField.Split(user.Get<string>(UserFields.Teams))));
    }
}
