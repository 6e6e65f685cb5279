using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Settings;
using Crm.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.IntegrationTests.Workflows;

/// <summary>Webhooks against a receiver on the loopback, which is inside the network and so has to be allowed.</summary>
public sealed class WebhookTests
{
    [Fact]
    public async Task Webhook_InsideTheNetwork_IsRefusedUntilAllowed_ThenSignedAndTriedAgain()
    {
        var calls = new List<(Dictionary<string, string> Headers, string Body)>();
        await using var receiver = await ReceiverAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            calls.Add((context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()), await reader.ReadToEndAsync()));
            context.Response.StatusCode = calls.Count == 1 ? 503 : 200;
        });
        await using var site = await WorkflowSite.StartAsync(DatabaseProvider.Sqlite);
        var workflow = await site.AddAsync("Hook", Define.Line(Define.Created("customers"), Define.Step("a1", "webhook", ("url", $"{receiver.Urls.First()}/hook"))));
        await site.ChangeAsync("workflows", workflow, ("nameZh", "挂钩"));
        await site.CreateAsync("customers", ("name", "Refused"));
        await site.ExpectAsync(workflow, "Failed");
        Assert.Contains("inside your network", (await site.TraceAsync(workflow))[^1], StringComparison.Ordinal);
        Assert.Empty(calls);
        using (var reader = site.Site.Open("zh-CN"))
        {
            (await reader.SignInAsync(TestSite.AdminName, TestSite.AdminPassword)).Dispose();
            Assert.Contains("工作流“挂钩”的一次运行失败", (await reader.PageAsync("/notifications")).Body!.TextContent, StringComparison.Ordinal);
        }

        using var administrator = await site.Site.SignInAsync();
        await administrator.SubmitAsync("/admin/workflows/webhooks", new() { ["hosts"] = "127.0.0.1" }, "form[action='/admin/workflows/webhooks']");
        var secret = (await administrator.PageAsync("/admin/workflows/webhooks")).QuerySelector("#secret")!.GetAttribute("value")!;
        await site.CreateAsync("customers", ("name", "Sent"));
        // The first answer was 503: it comes again, by the same key.
        await site.ExpectAsync(workflow, "Failed", "Waiting");
        // Every part of the reason can be put into the reader's language.
        Assert.Contains("""["{0} answered {1}","127.0.0.1","503"]""", (await site.TraceAsync(workflow))[^1], StringComparison.Ordinal);
        site.Clock.Forward(TimeSpan.FromMinutes(1));
        await site.ExpectAsync(workflow, "Failed", "Done");
        Assert.Equal(2, calls.Count);
        Assert.Equal(calls[0].Headers["Idempotency-Key"], calls[1].Headers["Idempotency-Key"]);
        using var body = JsonDocument.Parse(calls[1].Body);
        Assert.Equal("Sent", body.RootElement.GetProperty("record").GetProperty("fields").GetProperty("name").GetString());
        var signature = calls[1].Headers["X-Crm-Signature"].Split(',').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{signature["t"]}.{calls[1].Body}"))), signature["v1"]);
    }

    [Fact]
    public async Task Key_IsNotMadeByLooking_AndLostOnlyAnAdministratorRenewsIt()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        await using var scope = await site.OpenScopeAsync();
        var settings = scope.Services.GetRequiredService<SettingsStore>();
        using var administrator = await site.SignInAsync();
        Assert.Null(await SecretAsync());
        Assert.Null(await settings.ReadAsync<Stored>("workflows.webhooks", CancellationToken.None));

        await settings.WriteAsync("workflows.webhooks", new Stored("of another site", ["10.0.0.5"]), CancellationToken.None);
        Assert.Contains("cannot be read", (await administrator.PageAsync("/admin/workflows/webhooks")).Body!.TextContent, StringComparison.Ordinal);
        await administrator.SubmitAsync("/admin/workflows/webhooks", new() { ["hosts"] = "10.0.0.6" }, "form[action='/admin/workflows/webhooks']");
        var kept = (await settings.ReadAsync<Stored>("workflows.webhooks", CancellationToken.None))!;
        Assert.Equal(("of another site", "10.0.0.6"), (kept.Secret, Assert.Single(kept.AllowedHosts)));

        await administrator.SubmitAsync("/admin/workflows/webhooks", [], "form[action$='/renew']");
        var made = await SecretAsync();
        Assert.Equal(64, made?.Length);
        Assert.Equal(made, await SecretAsync());

        async Task<string?> SecretAsync() => (await administrator.PageAsync("/admin/workflows/webhooks")).QuerySelector("#secret")!.GetAttribute("value") is { Length: > 0 } secret ? secret : null;
    }

    /// <summary>As the settings keep it.</summary>
    private sealed record Stored(string Secret, IReadOnlyList<string> AllowedHosts);

    private static async Task<WebApplication> ReceiverAsync(RequestDelegate receive)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = builder.Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.Run(receive);
        await receiver.StartAsync();
        return receiver;
    }
}
