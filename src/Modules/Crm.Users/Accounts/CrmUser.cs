using System.Security.Cryptography;

namespace Crm.Users;

/// <summary>A user as ASP.NET Core Identity sees one: the record's fields that matter for signing in, and the credentials.</summary>
internal sealed class CrmUser
{
    public required Guid Id { get; init; }

    public required string UserName { get; init; }

    public string Name { get; init; } = "";

    public string? Email { get; init; }

    public bool IsActive { get; init; }

    public string? Roles { get; init; }

    public bool IsAdministrator => NamesField.Contains(Roles, Platform.Security.RoleNames.Administrator);

    public Credentials Credentials { get; set; } = new();

    /// <summary>The credentials as they were read, so that only what changed is written.</summary>
    public Credentials Stored { get; set; } = new();

    public bool IsLockedOut(DateTimeOffset now) => Credentials.LockoutEnd >= now;
}

internal sealed record Credentials
{
    /// <summary>Null: nobody has given a password yet, so the user cannot sign in.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Changes whenever sessions must end; each session carries the stamp it began with.</summary>
    public string SecurityStamp { get; init; } = "";

    public bool MustChangePassword { get; init; }

    public int AccessFailedCount { get; init; }

    public DateTimeOffset? LockoutEnd { get; init; }

    public DateTimeOffset? LastSignInAt { get; init; }

    public static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
}
