using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Workflows;

namespace Crm.IntegrationTests.Workflows;

/// <summary>The editor without script, and what it and the other doors refuse.</summary>
public sealed class EditorTests : IAsyncLifetime
{
    private WorkflowSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await WorkflowSite.StartAsync(DatabaseProvider.Sqlite);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Form_StepsAddedMovedAndNested_AreSavedAsAGraphAndShownAgain()
    {
        using var administrator = await _site.Site.SignInAsync();
        var page = await DoAsync(administrator, "/admin/workflows/new", await administrator.PageAsync("/admin/workflows/new"), "refresh", new() { ["name"] = "Nested", ["trigger.type"] = "customers" });
        page = await DoAsync(administrator, "/admin/workflows/new", page, "add:::if", new() { ["condition"] = "level eq 'a'" });
        page = await DoAsync(administrator, "/admin/workflows/new", page, "add:a1:true:setField", new() { ["a1.condition"] = "employees gt 100" });
        page = await DoAsync(administrator, "/admin/workflows/new", page, "add:a1:false:end", new() { ["a2.field"] = "notes", ["a2.value"] = "big" });
        page = await DoAsync(administrator, "/admin/workflows/new", page, "add:::wait", []);
        page = await DoAsync(administrator, "/admin/workflows/new", page, "up:a4", []);
        using var saved = await administrator.SubmitAsync(Form(page), [], "/admin/workflows/new");
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var id = Guid.Parse(saved.Headers.Location!.OriginalString.Split('/')[^1]);

        var definition = WorkflowDefinition.Read((await _site.GetAsync("workflows", id)).Get<string>("definition")!);
        Assert.Equal("level eq 'a'", definition.Condition);
        Assert.Equal([new("start", "done", "a4"), new("a4", "done", "a1"), new("a1", "true", "a2"), new("a1", "false", "a3")], definition.Transitions);
        Assert.Equal("big", definition.Find("a2")!["value"]);
        var again = await administrator.PageAsync($"/admin/workflows/{id}/edit");
        Assert.Equal(["a4|wait||", "a1|if||", "a2|setField|a1|true", "a3|end|a1|false"], again.QuerySelectorAll<IHtmlInputElement>("input[name=step]").Select(i => i.Value));

        var customer = await _site.CreateAsync("customers", ("name", "Tried"), ("level", "a"), ("employees", "500"));
        using var test = await administrator.SubmitAsync($"/admin/workflows/{id}/test", new() { ["record"] = customer.ToString() });
        Assert.Contains("big", await test.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null((await _site.GetAsync("customers", customer)).Get<string>("notes"));
        Assert.Equal(0, await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_workflow_instances"));

        // Off until somebody switches it on.
        Assert.False((await _site.GetAsync("workflows", id)).Get<bool>("isActive"));
        await administrator.SubmitAsync($"/admin/workflows/{id}", [], $"form[action='/admin/workflows/{id}/activate']");
        Assert.True((await _site.GetAsync("workflows", id)).Get<bool>("isActive"));
    }

    [Fact]
    public async Task Form_WithErrors_SaysThemBesideTheFieldsAndKeepsWhatWasTyped()
    {
        using var administrator = await _site.Site.SignInAsync();
        var page = await DoAsync(administrator, "/admin/workflows/new", await administrator.PageAsync("/admin/workflows/new"), "add:::setField", new() { ["trigger.type"] = "customers" });
        using var refused = await administrator.SubmitAsync(Form(page), new() { ["condition"] = "levl eq 'a'", ["a1.field"] = "level", ["a1.value"] = "enormous" }, "/admin/workflows/new");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var again = await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync());
        Assert.Contains("has no field levl", again.QuerySelector("#condition-error")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("no option “enormous”", again.QuerySelector("#a1-value-error")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("required", again.QuerySelector("#name-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("levl eq 'a'", again.QuerySelector("#condition")!.TextContent.Trim());
    }

    [Fact]
    public async Task Definitions_ThatWouldNotRun_AreRefusedAtEveryDoor()
    {
        var good = Define.Line(Define.Created("customers"), Define.Step("a1", "setField", ("field", "notes"), ("value", "x")));
        var bad = new Dictionary<string, WorkflowDefinition>
        {
            ["Add at least one step"] = good with { Activities = [], Transitions = [] },
            ["No way leads here"] = good with { Transitions = [] },
            ["leads from or to nothing"] = good with { Transitions = [.. good.Transitions, new("a1", "done", "zz")] },
            ["two transitions"] = good with { Transitions = [.. good.Transitions, .. good.Transitions] },
            ["no activity of the kind"] = good with { Activities = [Define.Step("a1", "explode")] },
            ["no trigger of the kind"] = good with { Trigger = new("moon") },
            ["no content type"] = good with { Trigger = Define.Created("spaceships") },
            ["the administration is for people"] = good with { Trigger = Define.Created("users") },
            ["no setting"] = good with { Activities = [Define.Step("a1", "setField", ("field", "notes"), ("colour", "red"))] },
            ["no field nothing"] = good with { Activities = [Define.Step("a1", "setField", ("field", "notes"), ("value", "{{ record.nothing }}"))] },
            ["merge fields are wrong"] = good with { Activities = [Define.Step("a1", "setField", ("field", "notes"), ("value", "{{ record.name "))] },
            ["at position"] = good with { Condition = "name eq" },
            ["@me means nothing"] = good with { Condition = "owner eq @me" },
            ["cannot be filtered by"] = good with { Condition = "contains(employees, '5')" },
            ["web address"] = good with { Activities = [Define.Step("a1", "webhook", ("url", "file:///etc/passwd"))] },
            ["between 1 and 1000"] = good with { Activities = [Define.Step("a1", "wait", ("amount", "0"))] },
            ["about none"] = good with { Trigger = Define.Trigger("schedule", ("every", "day")), Activities = [Define.Step("a1", "assign", ("who", "role"), ("role", Guid.NewGuid().ToString()))] },
        };
        var forMembers = Define.Step("a2", "forMembers");
        bad["everybody would get one more"] = good with { Activities = [Define.Step("a1", "sendBlast")] };
        bad["choose a segment"] = good with { Trigger = Define.Trigger("schedule", ("every", "day")), Activities = [Define.Step("a1", "sendBlast")] };
        bad["Only campaigns have members"] = good with { Activities = [Define.Step("a1", "forMembers")] };
        bad["Products have no customer"] = Define.Line(Define.Created("products"), Define.Step("a1", "notify", ("text", "x"), ("who", "customer")));
        // After it the record is the member.
        bad["Campaign members has no field budget"] = Define.Line(Define.Created("campaigns"), forMembers, Define.Step("a3", "notify", ("text", "{{ record.budget }}")));
        bad["records of different types"] = new()
        {
            Trigger = Define.Created("campaigns"),
            Activities = [Define.Step("a1", "if", ("condition", "budget ne null")), forMembers, Define.Step("a3", "notify", ("text", "{{ record.name }}"))],
            Transitions = [new("start", "done", "a1"), new("a1", "true", "a2"), new("a1", "false", "a3"), new("a2", "done", "a3")],
        };
        await using var scope = await _site.Site.OpenScopeAsync();
        foreach (var (expected, definition) in bad)
        {
            var result = await scope.SaveAsync("workflows", ("name", expected), ("definition", definition.Write()));
            Assert.Equal(SaveStatus.Invalid, result.Status);
            Assert.Contains(result.Errors, e => e.Message.ToString().Contains(expected, StringComparison.Ordinal));
        }
        foreach (var text in new[] { "{", """{ "trigger": { "kind": "created", "settings": { "type": "customers" } }, "activities": null }""" })
            Assert.Equal(SaveStatus.Invalid, (await scope.SaveAsync("workflows", ("name", "No definition"), ("definition", text))).Status);
        Assert.Equal(0, await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_workflow_versions"), CancellationToken.None));
    }

    [Fact]
    public async Task Pages_AskedByOthers_AreRefused()
    {
        var workflow = await _site.AddAsync("Secret", Define.Line(Define.Created("customers"), Define.Step("a1", "end")));
        using var manager = await _site.Site.SignInAsNewAsync("manager", "Manager");
        foreach (var url in new[] { "/admin/workflows", "/admin/workflows/new", $"/admin/workflows/{workflow}", $"/admin/workflows/{workflow}/edit", $"/admin/workflows/{workflow}/test", "/admin/workflows/webhooks" })
            using (var response = await manager.GetAsync(url))
                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static IHtmlFormElement Form(IHtmlDocument page) => page.QuerySelector<IHtmlFormElement>("form.workflow-form")!;

    /// <summary>Presses one of the form's buttons that show it anew.</summary>
    private static async Task<IHtmlDocument> DoAsync(TestBrowser browser, string url, IHtmlDocument page, string action, Dictionary<string, string> values)
    {
        using var response = await browser.SubmitAsync(Form(page), new(values) { ["do"] = action }, url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync());
    }
}
