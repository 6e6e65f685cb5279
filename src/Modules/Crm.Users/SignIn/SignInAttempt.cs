using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Crm.Users;

internal enum SignInOutcome
{
    Done,
    Wrong,
    LockedOut,
}

/// <summary>One try to sign in. A name that nobody has is answered like a wrong password, as late and as often.</summary>
internal sealed class SignInAttempt(UserManager<CrmUser> users, SignInManager<CrmUser> signIn, UnknownNames unknown, TimeProvider clock)
{
    public const int MaxFailures = 5;

    public static readonly TimeSpan LockOut = TimeSpan.FromMinutes(5);

    /// <summary>How long a session lives, without being used, on a device that is to be remembered.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    private static string? _decoy;

    public async Task<SignInOutcome> RunAsync(string name, string password, bool remember)
    {
        var user = await users.FindByNameAsync(name);
        if (user is null && name.Contains('@', StringComparison.Ordinal))
            user = await users.FindByEmailAsync(name);
        if (user is not { IsActive: true, Credentials.PasswordHash: not null })
            return RefuseUnknown(name, password);
        var result = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (result.IsLockedOut)
            return SignInOutcome.LockedOut;
        if (!result.Succeeded)
            return SignInOutcome.Wrong;
        var now = clock.GetUtcNow();
        user.Credentials = user.Credentials with { LastSignInAt = now };
        await users.UpdateAsync(user);
        await signIn.SignInAsync(user, new AuthenticationProperties { IsPersistent = remember, ExpiresUtc = remember ? now + Remembered : null });
        return SignInOutcome.Done;
    }

    private SignInOutcome RefuseUnknown(string name, string password)
    {
        if (unknown.IsLockedOut(name))
            return SignInOutcome.LockedOut;
        var nobody = new CrmUser { Id = Guid.Empty, UserName = "" };
        _decoy ??= users.PasswordHasher.HashPassword(nobody, Credentials.NewStamp());
        users.PasswordHasher.VerifyHashedPassword(nobody, _decoy, password);
        return unknown.CountFailure(name) ? SignInOutcome.LockedOut : SignInOutcome.Wrong;
    }
}

/// <summary>Failures of names that nobody has, in memory, so that being locked out does not tell which names exist.</summary>
internal sealed class UnknownNames(TimeProvider clock)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset? Until)> _names = new();

    public bool IsLockedOut(string name) => _names.TryGetValue(NameFolding.Fold(name), out var known) && known.Until >= clock.GetUtcNow();

    /// <returns>Whether this failure was the one that locks.</returns>
    public bool CountFailure(string name)
    {
        if (_names.Count >= Most)
            _names.Clear();
        return _names.AddOrUpdate(NameFolding.Fold(name), _ => (1, null), (_, known) =>
            known.Failures + 1 >= SignInAttempt.MaxFailures ? (0, clock.GetUtcNow() + SignInAttempt.LockOut) : (known.Failures + 1, null)).Until is not null;
    }
}
