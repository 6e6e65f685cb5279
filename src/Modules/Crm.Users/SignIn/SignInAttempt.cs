using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Crm.Users;

internal enum SignInOutcome
{
    Done,
    Wrong,
    LockedOut,
    NetworkLockedOut,
}

/// <summary>One try to sign in. A name that nobody has is answered like a wrong password, as late and as often.</summary>
internal sealed class SignInAttempt(UserManager<CrmUser> users, SignInManager<CrmUser> signIn, SignInTries tries, TimeProvider clock)
{
    /// <summary>How long a session lives, without being used, on a device that is to be remembered.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    private static string? _decoy;

    /// <param name="network">Where it comes from, see <see cref="Platform.Security.ClientNetwork"/>.</param>
    public async Task<SignInOutcome> RunAsync(string name, string password, bool remember, string network)
    {
        if (!tries.Take(network))
            return SignInOutcome.NetworkLockedOut;
        var user = await users.FindByNameAsync(name);
        if (user is null && name.Contains('@', StringComparison.Ordinal))
            user = await users.FindByEmailAsync(name);
        if (user is not { IsActive: true, Credentials.PasswordHash: not null })
            user = null;
        // A new password has a new stamp, and so ends a lock-out in all processes.
        var who = user is null ? NameFolding.Fold(name) : $"{user.Id:N} {user.Credentials.SecurityStamp}";
        if (!tries.Take(who, network))
        {
            tries.GiveBack(network);
            return SignInOutcome.LockedOut;
        }
        var result = user is null ? VerifyDecoy(password) : await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: false);
        if (!result.Succeeded)
            return result.IsLockedOut || tries.IsSpent(who, network) ? SignInOutcome.LockedOut : SignInOutcome.Wrong;
        tries.Forget(who, network);
        tries.GiveBack(network);
        var now = clock.GetUtcNow();
        user!.Credentials = user.Credentials with { LastSignInAt = now };
        await users.UpdateAsync(user);
        await signIn.SignInAsync(user, new AuthenticationProperties { IsPersistent = remember, ExpiresUtc = remember ? now + Remembered : null });
        return SignInOutcome.Done;
    }

    /// <summary>Takes as long as a real one.</summary>
    private SignInResult VerifyDecoy(string password)
    {
        var nobody = new CrmUser { Id = Guid.Empty, UserName = "" };
        _decoy ??= users.PasswordHasher.HashPassword(nobody, Credentials.NewStamp());
        users.PasswordHasher.VerifyHashedPassword(nobody, _decoy, password);
        return SignInResult.Failed;
    }
}
