using System.Net;
using System.Text.RegularExpressions;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Tickets;

internal static partial class TicketBrowsing
{
    public static readonly Dictionary<string, string> Request = new()
    {
        ["name"] = "Ann Lee",
        ["email"] = "ann@example.com",
        ["subject"] = "The printer is silent",
        ["kind"] = "problem",
        ["text"] = "It prints <script>alert(1)</script> nothing.",
    };

    /// <summary>Sends a ticket through the portal.</summary>
    /// <returns>The path of its secret link.</returns>
    public static async Task<string> OpenTicketAsync(this TestBrowser visitor, Dictionary<string, string>? values = null)
    {
        using var response = await visitor.SubmitAsync("/portal/tickets/new", values ?? Request, "form[action^='/portal']");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.OriginalString.Split('?')[0];
    }

    public static Task<HttpResponseMessage> AnswerAsync(this TestBrowser visitor, string link, string text)
        => visitor.SubmitAsync(link, new() { ["text"] = text }, "form[action$='/answer']");

    public static Task<HttpResponseMessage> RateAsync(this TestBrowser visitor, string link, string value)
        => visitor.SubmitAsync(link + "/rate", new() { ["value"] = value, ["comment"] = "As promised" }, "form[action$='/rate']");

    /// <summary>The ticket's form, with these values laid over it.</summary>
    public static Task<HttpResponseMessage> ReplyAsync(this TestBrowser staff, Guid ticket, string kind, string text, string status = "", string resolution = "")
        => staff.ForceAsync($"/tickets/{ticket}/reply", $"/tickets/{ticket}", ("kind", kind), ("text", text), ("status", status), ("resolution", resolution));

    public static async Task<ContentItem> TicketAsync(this TestSite site, string number = "T000001")
    {
        await using var scope = await site.OpenScopeAsync();
        return await scope.FindAsync("tickets", "number", number);
    }

    /// <summary>The link in the one mail that was sent for such an occasion.</summary>
    /// <param name="key">Pattern of the mail's key.</param>
    public static async Task<string> MailedLinkAsync(this TestSite site, string key)
    {
        await using var scope = await site.OpenScopeAsync();
        var texts = await scope.Session.ReadAsync(new SqlText("SELECT text FROM crm_mail WHERE key LIKE ").Append(ColumnType.Text, key), r => r.GetString(0), CancellationToken.None);
        return FollowPath().Match(Assert.Single(texts)).Value;
    }

    [GeneratedRegex("/portal/t/[A-Za-z0-9_-]+")]
    private static partial Regex FollowPath();

    /// <summary>The text of a page, as whoever reads it sees it.</summary>
    public static async Task<string> TextAsync(this TestBrowser browser, string url) => (await browser.PageAsync(url)).Body!.TextContent;
}
