using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Api.Tokens;

/// <summary>The way from one's profile to one's tokens.</summary>
internal sealed class ProfilePart(TokenStore tokens, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.Profile;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => actor.Current.Can(ApiPermissions.Use) && actor.Current.UserId is { } me
            ? new SlotView("_ProfileTokens", (await tokens.ListAsync(me, cancellationToken)).Count)
            : null;
}
