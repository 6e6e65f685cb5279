using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Contents.Home;

/// <summary>A plain first page. Its order lets any module have a better one at the same address.</summary>
internal sealed class HomeController(ContentDefinitions definitions, QueryEngine queries, ActorContext actor) : Controller
{
    private const int Shown = 5;

    [HttpGet("/", Order = 1000), SignedIn]
    public async Task<IActionResult> Index(CancellationToken cancellationToken)
    {
        var latest = new List<LatestRecords>();
        foreach (var type in definitions.Current.Types.Where(t => t is { IsAdmin: false, IsPart: false } && actor.Current.Can(t, ContentActions.View)))
        {
            var query = new Query(type.Name) { Columns = [SystemFields.ModifiedAt], Sort = [$"-{SystemFields.ModifiedAt}"], Take = Shown };
            latest.Add(new LatestRecords(type, (await queries.ListAsync(query, cancellationToken)).Items));
        }
        return View(new HomePage(latest));
    }
}

internal sealed record HomePage(IReadOnlyList<LatestRecords> Latest);

/// <summary>The records of a type that were changed last.</summary>
internal sealed record LatestRecords(ContentTypeDefinition Type, IReadOnlyList<ContentItem> Records);

internal sealed class HomeMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries => [new("Home", "/", "home", Permission: null, Order: 0)];
}
