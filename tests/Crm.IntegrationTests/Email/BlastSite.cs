using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crm.IntegrationTests.Email;

/// <summary>A site with a marketer, and what a blast needs.</summary>
internal sealed class BlastSite : IAsyncDisposable
{
    private BlastSite(TestSite site, TestBrowser marketing, MovableClock clock) => (Site, Marketing, Clock) = (site, marketing, clock);

    public TestSite Site { get; }

    public TestBrowser Marketing { get; }

    public MovableClock Clock { get; }

    public static async Task<BlastSite> StartAsync(DatabaseProvider provider)
    {
        var clock = new MovableClock();
        var site = await TestSite.StartAsync(provider, clock: clock);
        return new(site, await site.SignInAsNewAsync("wang", "Marketing"), clock);
    }

    public async Task UseServerAsync(ScriptedSmtp server, int connections = 1)
    {
        using var administrator = await Site.SignInAsync();
        await administrator.UseServerAsync(server.Port, connections);
    }

    /// <summary>People p0@example.com, p1@example.com, ...</summary>
    public async Task AddPeopleAsync(int count)
    {
        await using var scope = await Site.OpenScopeAsync();
        var people = Enumerable.Range(0, count).Select(i => new ContentChange("contacts") { Texts = { ["name"] = $"P {i}", ["email"] = $"p{i}@example.com" } }).ToList();
        Assert.All(await scope.Content.SaveManyAsync("contacts", people, SaveOptions.Default, CancellationToken.None), r => Assert.True(r.Succeeded));
    }

    /// <summary>To all contacts, or all of another list.</summary>
    public async Task<Guid> CreateBlastAsync(Dictionary<string, string>? values = null, string list = "contacts", string text = "Hello {{ contact.name }}")
    {
        var segment = await CreateAsync("segments", new() { ["name"] = "Everybody", ["type"] = list });
        var template = await CreateAsync("emailTemplates", new() { ["name"] = "Hello", ["subject"] = "Hello", ["text"] = text });
        return Guid.Parse(await CreateAsync("emailBlasts", new(values ?? []) { ["name"] = "Blast", ["segment"] = segment, ["template"] = template }));
    }

    public async Task<string> CreateAsync(string type, Dictionary<string, string> values)
    {
        using var answer = await Marketing.SubmitAsync($"/{type}/new", values);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString.Split('/')[^1];
    }

    /// <summary>Presses a button of the blast's page.</summary>
    public async Task<HttpStatusCode> ActAsync(Guid blast, string action, Dictionary<string, string>? values = null)
    {
        using var answer = await Marketing.SubmitAsync($"/emailBlasts/{blast}", values ?? [], $"form[action='/emailBlasts/{blast}/{action}']");
        return answer.StatusCode;
    }

    public async Task<ContentItem> BlastAsync(Guid blast)
    {
        await using var scope = await Site.OpenScopeAsync();
        return (await scope.Queries.GetAsync("emailBlasts", blast, CancellationToken.None))!;
    }

    public async Task<string?> StatusAsync(Guid blast) => (await BlastAsync(blast)).Get<string>("status");

    public async Task<long> CountAsync(string type, Filter? where = null)
    {
        await using var scope = await Site.OpenScopeAsync();
        return (await scope.Queries.CountAsync(type, where, CancellationToken.None)).Count;
    }

    /// <summary>Mail that was not sent for lack of a server goes out now.</summary>
    public void Wait(TimeSpan time) => Clock.Forward(time);

    /// <summary>Ends the worker of this site, so that a test makes each step itself.</summary>
    public Task StopWorkerAsync() => Worker().StopAsync(CancellationToken.None);

    /// <summary>Another worker, as a second node has one.</summary>
    public async Task<IAsyncDisposable> StartWorkerAsync()
    {
        var second = (IHostedService)ActivatorUtilities.CreateInstance(Services, Worker().GetType());
        await second.StartAsync(CancellationToken.None);
        return new Stopping(second);
    }

    private IServiceProvider Services => Site.Host.Sites.Current.Services;

    private IHostedService Worker() => Services.GetServices<IHostedService>().Single(s => s.GetType().Name == "BlastWorker");

    public async ValueTask DisposeAsync()
    {
        Marketing.Dispose();
        await Site.DisposeAsync();
    }

    private sealed class Stopping(IHostedService service) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await service.StopAsync(CancellationToken.None);
    }
}
