using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Search.Indexing;

/// <param name="Behind">Changes that are not in the index yet.</param>
/// <param name="IsAsked">A rebuild was asked for and is not done.</param>
internal sealed record IndexPage(int Documents, long Behind, long Size, IndexState State, IndexProgress? Progress, string? ProgressLabel, string? Problem, string Folder, bool IsAsked);

/// <summary>The state of this node's search index, and the button that builds it anew.</summary>
[RequirePermission(SearchPermissions.Manage)]
internal sealed class IndexController(SearchIndex index, Rebuilds rebuilds, ChangeLog log, ChangeSignal signal, ContentDefinitions definitions, IStringLocalizer localizer) : Controller
{
    private const string Address = "/admin/search";

    [HttpGet(Address)]
    public async Task<IActionResult> Index(CancellationToken cancellationToken) => View(await PageAsync(cancellationToken));

    /// <summary>What changes while one looks.</summary>
    [HttpGet(Address + "/state")]
    public async Task<IActionResult> State(CancellationToken cancellationToken) => PartialView("_State", await PageAsync(cancellationToken));

    [HttpPost(Address + "/rebuild")]
    public async Task<IActionResult> Rebuild(CancellationToken cancellationToken)
    {
        await rebuilds.AskAsync(cancellationToken);
        signal.Notify();
        new Toast(localizer["The index is being built anew; searches go on with the old one."]).ShowOnNextPage(this);
        return Redirect(Address);
    }

    private async Task<IndexPage> PageAsync(CancellationToken cancellationToken)
    {
        var last = await log.LastSequenceAsync(cancellationToken);
        var asked = await rebuilds.LastAsync(cancellationToken);
        using var view = index.Read();
        var state = view?.State ?? new IndexState();
        var progress = index.Progress;
        var label = progress is null ? null : definitions.Current.Find(progress.Type)?.PluralLabel.For(localizer);
        return new IndexPage(view?.Searcher.IndexReader.NumDocs ?? 0, Math.Max(0, last - state.Position), index.Size, state, progress, label, index.Problem, index.Folder, asked > state.Rebuild || state.CompleteAt is null);
    }
}
