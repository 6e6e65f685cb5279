using Crm.Platform.Content;

namespace Crm.Platform.Security;

/// <summary>How far a permission reaches.</summary>
public enum PermissionScope
{
    None,

    /// <summary>Records that the user owns.</summary>
    Own,

    /// <summary>Records of the user's teams, and the user's own.</summary>
    Team,

    All,
}

/// <summary>Who acts, with what rights. Made once per request, command or job.</summary>
public sealed record Actor
{
    /// <summary>Nobody: no right at all. What a scope starts with.</summary>
    public static Actor Anonymous { get; } = new();

    /// <summary>The system itself: every right.</summary>
    public static Actor System(string source) => new() { IsSystem = true, Source = source };

    public Guid? UserId { get; init; }

    public string UserName { get; init; } = "";

    public string DisplayName { get; init; } = "";

    public string? Culture { get; init; }

    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    public IReadOnlyList<Guid> Teams { get; init; } = [];

    public IReadOnlyDictionary<string, PermissionScope> Grants { get; init; } = new Dictionary<string, PermissionScope>();

    public bool IsSystem { get; init; }

    /// <summary>The one page that the actor may use for now, such as the one that changes an initial password; null for no limit.</summary>
    public string? OnlyPage { get; init; }

    /// <summary>Where the change comes from: <c>web</c>, <c>import</c>, <c>recipe</c>, <c>command</c>, <c>job</c>, <c>api</c>.</summary>
    public string Source { get; init; } = "web";

    public bool IsAuthenticated => IsSystem || UserId is not null;

    public PermissionScope ScopeOf(string permission)
        => IsSystem ? PermissionScope.All : Grants.GetValueOrDefault(permission);

    public bool Can(string permission) => ScopeOf(permission) != PermissionScope.None;

    public bool Can(ContentTypeDefinition type, string action) => Can(type.Permission(action));

    /// <summary>Whether the right to an action reaches this record.</summary>
    public bool Can(ContentTypeDefinition type, string action, ContentItem item) => ScopeOf(type.Permission(action)) switch
    {
        PermissionScope.All => true,
        PermissionScope.Team => Owns(item) || (item.Team is { } team && Teams.Contains(team)),
        PermissionScope.Own => Owns(item),
        _ => false,
    };

    /// <summary>The day that it is where the actor is.</summary>
    public DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZone).DateTime);

    private bool Owns(ContentItem item) => UserId is { } me && item.Owner == me;
}

/// <summary>The scope's actor. Anonymous until something says otherwise.</summary>
public sealed class ActorContext
{
    public Actor Current { get; set; } = Actor.Anonymous;

    /// <summary>Does something as somebody else, such as whoever asked for work that is done later.</summary>
    public async Task<T> AsAsync<T>(Actor other, Func<Task<T>> work)
    {
        var before = Current;
        Current = other;
        try
        {
            return await work();
        }
        finally
        {
            Current = before;
        }
    }

    /// <summary>Does something with the system's rights; the log still names the actor.</summary>
    public Task<T> AsSystemAsync<T>(Func<Task<T>> work) => AsAsync(Current with { IsSystem = true }, work);

    /// <inheritdoc cref="AsSystemAsync{T}"/>
    public Task AsSystemAsync(Func<Task> work) => AsSystemAsync(async () =>
    {
        await work();
        return true;
    });
}
