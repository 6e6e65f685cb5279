using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Notifications.Follow;

/// <summary>Follows a record that the user may see, or no longer.</summary>
[SignedIn]
internal sealed class FollowController(Follows follows, QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : Controller
{
    [HttpPost("/follow/{of}/{id:guid}")]
    public async Task<IActionResult> Set(string of, Guid id, [FromForm] bool followed, [FromForm] string? returnUrl, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(of) is not { } type || !actor.Current.CanOpen(type) || await queries.GetAsync(type.Name, id, cancellationToken) is not { } item)
            return NotFound();
        if (!await follows.SetAsync(type, id, followed, cancellationToken))
            new Toast(localizer["You follow {0} records, which is the most. Stop following some first.", Follows.MostPerUser], IsBad: true).ShowOnNextPage(this);
        else
            new Toast(followed ? localizer["You will be told when others change “{0}”.", item.DisplayText] : localizer["You no longer follow “{0}”.", item.DisplayText]).ShowOnNextPage(this);
        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl! : $"{type.Path}/{id}");
    }
}

internal sealed record FollowState(ContentTypeDefinition Type, Guid Id, bool IsFollowed);

/// <summary>On every record's page.</summary>
internal sealed class FollowButton(Follows follows, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public int Order => 6;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => context is { Type: { IsAdmin: false } type, Item: { } item } && actor.Current.UserId is not null
            ? new("_Follow", new FollowState(type, item.Id, await follows.IsFollowedAsync(item.Id, cancellationToken)))
            : null;
}
