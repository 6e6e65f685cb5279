using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>What keeps a user from signing in, or has to be done first; on the user's page.</summary>
internal sealed record UserStateModel(Guid Id, bool HasPassword, bool MustChange, DateTimeOffset? LockedUntil, DateTimeOffset? LastSignIn, bool MaySetPassword);

internal sealed class UserState(CredentialStore credentials, UserRights rights, ActorContext actor, TimeProvider clock) : ISlotPart
{
    public string Slot => SlotNames.RecordMain;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context is not { Type.Name: SystemTypes.Users, Item: { } user } || !actor.Current.Can(context.Type, ContentActions.Edit, user))
            return null;
        var stored = await credentials.ReadAsync(user.Id, cancellationToken);
        return new("_UserState", new UserStateModel(user.Id, stored.PasswordHash is not null, stored.MustChangePassword,
            stored.LockoutEnd >= clock.GetUtcNow() ? stored.LockoutEnd : null, stored.LastSignInAt, await rights.MayManageAsync(user, cancellationToken)));
    }
}

/// <param name="IsActive">Whether the button deactivates.</param>
internal sealed record UserActionsModel(Guid Id, long Version, bool IsActive, bool MayManage, bool IsSelf);

/// <summary>Buttons in the head of a user's page.</summary>
internal sealed class UserActions(UserRights rights, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => context is { Type.Name: SystemTypes.Users, Item: { IsDeleted: false } user } && actor.Current.Can(context.Type, ContentActions.Edit, user)
            ? new SlotView("_UserActions", new UserActionsModel(user.Id, user.Version, user.Get<bool>(UserFields.IsActive), await rights.MayManageAsync(user, cancellationToken), user.Id == actor.Current.UserId))
            : null;
}
