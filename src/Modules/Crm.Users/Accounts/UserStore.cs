using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Identity;

namespace Crm.Users;

/// <summary>
/// Identity's view of users. It writes credentials only: names and addresses are content and change through the
/// content manager.
/// </summary>
internal sealed class UserStore(QueryEngine queries, CredentialStore credentials, ActorContext actor)
    : IUserPasswordStore<CrmUser>, IUserSecurityStampStore<CrmUser>, IUserLockoutStore<CrmUser>, IUserEmailStore<CrmUser>
{
    private static readonly string[] Columns = [UserFields.UserName, UserFields.Name, UserFields.Email, UserFields.IsActive, UserFields.Roles];

    public async Task<CrmUser?> FindByIdAsync(string userId, CancellationToken cancellationToken)
        => Guid.TryParse(userId, out var id) ? await FindAsync(SystemFields.Id, id, cancellationToken) : null;

    public Task<CrmUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken)
        => FindAsync(UserFields.UserName, normalizedUserName, cancellationToken);

    public Task<CrmUser?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken)
        => FindAsync(UserFields.Email, normalizedEmail, cancellationToken);

    /// <summary>Whoever signs in is nobody yet, so the system looks.</summary>
    private async Task<CrmUser?> FindAsync(string field, object value, CancellationToken cancellationToken)
    {
        var page = await actor.AsSystemAsync(() => queries.ListAsync(
            new Query(SystemTypes.Users) { Where = Filter.Eq(field, value), Columns = Columns, Sort = [SystemFields.Id], Take = 1 }, cancellationToken));
        if (page.Items is not [var item])
            return null;
        var stored = await credentials.ReadAsync(item.Id, cancellationToken);
        return new CrmUser
        {
            Id = item.Id,
            UserName = item.Get<string>(UserFields.UserName)!,
            Name = item.DisplayText,
            Email = item.Get<string>(UserFields.Email),
            IsActive = item.Get<bool>(UserFields.IsActive),
            Roles = item.Get<string>(UserFields.Roles),
            Stored = stored,
            Credentials = stored,
        };
    }

    public async Task<IdentityResult> UpdateAsync(CrmUser user, CancellationToken cancellationToken)
    {
        await credentials.UpdateAsync(user, cancellationToken);
        return IdentityResult.Success;
    }

    public async Task<int> IncrementAccessFailedCountAsync(CrmUser user, CancellationToken cancellationToken)
    {
        var count = await credentials.CountFailureAsync(user.Id, cancellationToken);
        user.Credentials = user.Credentials with { AccessFailedCount = count };
        user.Stored = user.Stored with { AccessFailedCount = count };
        return count;
    }

    public Task ResetAccessFailedCountAsync(CrmUser user, CancellationToken cancellationToken) => Set(user, c => c with { AccessFailedCount = 0 });

    public Task SetLockoutEndDateAsync(CrmUser user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) => Set(user, c => c with { LockoutEnd = lockoutEnd });

    public Task SetPasswordHashAsync(CrmUser user, string? passwordHash, CancellationToken cancellationToken) => Set(user, c => c with { PasswordHash = passwordHash });

    public Task SetSecurityStampAsync(CrmUser user, string stamp, CancellationToken cancellationToken) => Set(user, c => c with { SecurityStamp = stamp });

    private static Task Set(CrmUser user, Func<Credentials, Credentials> change)
    {
        user.Credentials = change(user.Credentials);
        return Task.CompletedTask;
    }

    public Task<string> GetUserIdAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString("D"));

    public Task<string?> GetUserNameAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserName);

    public Task<string?> GetNormalizedUserNameAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(NameFolding.Fold(user.UserName));

    public Task<string?> GetEmailAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public Task<string?> GetNormalizedEmailAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Email is null ? null : NameFolding.Fold(user.Email));

    public Task<bool> GetEmailConfirmedAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Email is not null);

    public Task<string?> GetPasswordHashAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.PasswordHash);

    public Task<bool> HasPasswordAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Credentials.SecurityStamp);

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.LockoutEnd);

    public Task<int> GetAccessFailedCountAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(user.Credentials.AccessFailedCount);

    public Task<bool> GetLockoutEnabledAsync(CrmUser user, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task SetLockoutEnabledAsync(CrmUser user, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;

    // Folded names are derived, addresses are confirmed by whoever enters them.
    public Task SetNormalizedUserNameAsync(CrmUser user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetNormalizedEmailAsync(CrmUser user, string? normalizedEmail, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetEmailConfirmedAsync(CrmUser user, bool confirmed, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetUserNameAsync(CrmUser user, string? userName, CancellationToken cancellationToken) => throw IsContent();

    public Task SetEmailAsync(CrmUser user, string? email, CancellationToken cancellationToken) => throw IsContent();

    public Task<IdentityResult> CreateAsync(CrmUser user, CancellationToken cancellationToken) => throw IsContent();

    public Task<IdentityResult> DeleteAsync(CrmUser user, CancellationToken cancellationToken) => throw IsContent();

    private static NotSupportedException IsContent() => new NotSupportedException("Users are created, changed and deleted through the content manager.");

    public void Dispose()
    {
        // Nothing of its own.
    }
}

/// <summary>Names are compared as unique fields are.</summary>
internal sealed class NameFolding : ILookupNormalizer
{
    public static string Fold(string text) => Platform.Fields.FieldKind.Fold(text.Trim());

    public string? NormalizeName(string? name) => name is null ? null : Fold(name);

    public string? NormalizeEmail(string? email) => email is null ? null : Fold(email);
}
