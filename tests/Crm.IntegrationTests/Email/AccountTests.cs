using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Email;

public sealed class AccountTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Password_Stored_IsGivenToNoOtherServerUserOrOpenConnection(DatabaseProvider provider)
    {
        var lines = new ConcurrentQueue<string>();
        await using var server = new ScriptedSmtp
        {
            Answer = (_, line) =>
            {
                lines.Enqueue(line);
                return line.StartsWith("EHLO", StringComparison.Ordinal) ? "250-script\r\n250 AUTH PLAIN" : line.StartsWith("AUTH", StringComparison.Ordinal) ? "235 2.7.0 fine" : null;
            },
        };
        await using var site = await TestSite.StartAsync(provider);
        using var administrator = await site.SignInAsync();
        await administrator.UseServerAsync(server.Port, 1);
        using (var saved = await administrator.SubmitAsync("/admin/email", new() { ["UserName"] = "crm", ["Password"] = "s3cret-word" }))
            Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);

        Assert.Equal(HttpStatusCode.OK, await PostAsync("/admin/email/test", []));
        var given = lines.Single(l => l.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
        Assert.Contains("s3cret-word", Encoding.UTF8.GetString(Convert.FromBase64String(given.Split(' ')[^1])), StringComparison.Ordinal);

        lines.Clear();
        foreach (var url in new[] { "/admin/email/test", "/admin/email" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(url, new() { ["Host"] = "localhost" }));
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(url, new() { ["UserName"] = "somebody" }));
        }
        // With encryption it was given for an encrypted connection; afterwards it is not sent in the clear.
        using (var saved = await administrator.SubmitAsync("/admin/email", new() { ["Security"] = "Tls", ["Password"] = "s3cret-word" }))
            Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/admin/email/test", new() { ["Security"] = "None" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/admin/email", new() { ["Security"] = "None" }));
        Assert.Empty(lines);

        async Task<HttpStatusCode> PostAsync(string url, Dictionary<string, string> values)
        {
            var form = (await administrator.PageAsync("/admin/email")).QuerySelectorAll<IHtmlFormElement>("main form").First(f => f.Method == "post");
            form.SetAttribute("action", url);
            using var answer = await administrator.SubmitAsync(form, new(values) { ["TestTo"] = "me@example.com" });
            return answer.StatusCode;
        }
    }
}
