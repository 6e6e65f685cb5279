using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;

namespace Crm.IntegrationTests.Users;

internal static class UserBrowsing
{
    /// <summary>Sends a form that no page offers, with a token that is valid for whoever is signed in.</summary>
    public static async Task<HttpResponseMessage> ForceAsync(this TestBrowser browser, string url, string tokenFrom, params (string Name, string Value)[] values)
    {
        var page = await browser.PageAsync(tokenFrom);
        var token = page.QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;
        return await browser.Client.PostAsync(url, new FormUrlEncodedContent(
            [new("__RequestVerificationToken", token), .. values.Select(v => new KeyValuePair<string, string>(v.Name, v.Value))]));
    }

    /// <summary>What a page complains about at its top.</summary>
    public static async Task<string?> BannerAsync(this HttpResponseMessage response)
        => (await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync())).QuerySelector(".banner[data-tone=bad]")?.TextContent.Trim();

    public static async Task<string?> ErrorOfAsync(this HttpResponseMessage response, string field)
        => (await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync())).GetElementById($"{field}-error")?.TextContent.Trim();

    public static async Task<bool> IsSignedInAsync(this TestBrowser browser)
        => (await browser.GetAsync("/customers")).Headers.Location?.OriginalString.StartsWith("/login", StringComparison.Ordinal) != true;

    public static async Task<Guid> IdOfUserAsync(this TestSite site, string userName)
    {
        await using var scope = await site.OpenScopeAsync();
        return (await scope.FindAsync("users", "userName", userName)).Id;
    }
}
