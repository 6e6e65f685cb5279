using System.Security.Claims;

namespace Crm.Platform.Security;

/// <summary>Finds the actor behind a signed-in principal. One module registers one.</summary>
public interface IActorProvider
{
    /// <summary>Null when the user is gone or may no longer sign in.</summary>
    Task<Actor?> FindAsync(ClaimsPrincipal principal, CancellationToken cancellationToken);

    /// <inheritdoc cref="Actors.OfUserAsync"/>
    Task<Actor?> OfUserAsync(Guid user, CancellationToken cancellationToken);

    /// <inheritdoc cref="Actors.OfRequestAsync"/>
    Task<Actor?> OfRequestAsync(Guid user, CancellationToken cancellationToken);

    /// <summary>Keeps the language that a signed-in user has chosen.</summary>
    Task RememberCultureAsync(Actor actor, string culture, CancellationToken cancellationToken);
}

/// <summary>Who users are and what they may do now, as the module that knows them says; nobody may do anything where none does.</summary>
public sealed class Actors(IEnumerable<IActorProvider> providers)
{
    private readonly IActorProvider? _provider = providers.LastOrDefault();

    /// <summary>A user's rights at this moment, for work in the background that is done in the user's name; null when the user is gone or locked out.</summary>
    public async Task<Actor?> OfUserAsync(Guid user, CancellationToken cancellationToken)
        => _provider is null ? null : await _provider.OfUserAsync(user, cancellationToken);

    /// <summary>As <see cref="OfUserAsync"/>, but what another process changed may go unnoticed for two seconds: for requests, of which there are many.</summary>
    public async Task<Actor?> OfRequestAsync(Guid user, CancellationToken cancellationToken)
        => _provider is null ? null : await _provider.OfRequestAsync(user, cancellationToken);

    internal async Task<Actor?> FindAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
        => _provider is null ? null : await _provider.FindAsync(principal, cancellationToken);

    internal Task RememberCultureAsync(Actor actor, string culture, CancellationToken cancellationToken)
        => _provider?.RememberCultureAsync(actor, culture, cancellationToken) ?? Task.CompletedTask;
}
