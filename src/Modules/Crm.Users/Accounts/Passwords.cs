using Crm.Platform.Data;
using Crm.Platform.Localization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

/// <summary>What a password must be. Length counts, not signs and digits (NIST SP 800-63B, 5.1.1.2).</summary>
internal static class PasswordPolicy
{
    public const int MinLength = 10;
    public const int MaxLength = 200;

    /// <summary>The commonest of leaked passwords that are long enough.</summary>
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "1234567890", "0123456789", "0987654321", "9876543210", "12345678910", "123456789a", "a123456789", "a1234567890", "1234567891", "123123123123",
        "1111111111", "0000000000", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "qwertyuiop", "qwertyuiop123", "qwerty12345", "qwerty123456", "asdfghjkl123",
        "qazwsxedcrfv", "zaq12wsxcde3", "password12", "password123", "password1234", "password12345", "passw0rd123", "p@ssw0rd123", "p@ssword123", "mypassword",
        "iloveyou123", "letmein123", "welcome123", "welcome1234", "administrator", "admin12345", "admin123456", "admin1234567", "administrator1", "changeme123",
        "abcdefghij", "abcdefghijk", "abc1234567", "abc123456789", "abcd123456", "woaini1314", "woaini1314520", "woaini520520", "5201314520", "aa123456789",
        "qq123456789", "asd123456789", "zxcvbnm123", "football123", "baseball123", "superman123", "dragon12345", "monkey12345", "sunshine123", "princess123",
    };

    /// <summary>Null when it will do.</summary>
    public static Message? Check(string? password, string userName) => password switch
    {
        null or { Length: < MinLength } => new("A password has at least {0} characters", MinLength),
        { Length: > MaxLength } => new("A password has at most {0} characters", MaxLength),
        _ when password.Contains(userName, StringComparison.OrdinalIgnoreCase) && userName.Length * 2 >= password.Length => new("The password must not be made of the user name"),
        _ when Common.Contains(password) || password.Distinct().Count() < 3 => new("Everybody tries this password first. Choose one that only you know"),
        _ => null,
    };
}

/// <summary>Gives Identity the policy.</summary>
internal sealed class PasswordValidator(IStringLocalizer localizer) : IPasswordValidator<CrmUser>
{
    public Task<IdentityResult> ValidateAsync(UserManager<CrmUser> manager, CrmUser user, string? password)
        => Task.FromResult(PasswordPolicy.Check(password, user.UserName) is { } problem
            ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = problem.For(localizer) })
            : IdentityResult.Success);
}

/// <summary>Follows when somebody else gives a user a password. Register with <c>services.AddScoped&lt;IPasswordResetHandler, T&gt;()</c>.</summary>
public interface IPasswordResetHandler
{
    /// <summary>Inside the transaction that sets the password.</summary>
    Task ResetAsync(Guid user, CancellationToken cancellationToken);
}

/// <summary>Gives users a password, as an administrator or a command does.</summary>
internal sealed class Passwords(UserManager<CrmUser> users, DbSession session, IEnumerable<IPasswordResetHandler> handlers)
{
    /// <param name="mustChange">Whether the user has to choose another at the next sign-in.</param>
    /// <returns>What is wrong with it, or null. Sessions of the user have ended, and so has a lock-out.</returns>
    public async Task<Message?> SetAsync(Guid id, string password, bool mustChange, CancellationToken cancellationToken)
    {
        if (await users.FindByIdAsync(id.ToString("D")) is not { } user)
            return new("The user is gone");
        if (PasswordPolicy.Check(password, user.UserName) is { } problem)
            return problem;
        user.Credentials = user.Credentials with { PasswordHash = null, MustChangePassword = mustChange, AccessFailedCount = 0, LockoutEnd = null };
        var result = await session.TransactAsync(async () =>
        {
            foreach (var handler in handlers)
                await handler.ResetAsync(id, cancellationToken);
            return await users.AddPasswordAsync(user, password);
        }, cancellationToken);
        return result.Succeeded ? null : throw new InvalidOperationException(string.Join("; ", result.Errors.Select(e => e.Description)));
    }
}
