using System.Collections.Concurrent;
using System.Security.Claims;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Users;

/// <summary>Actors of users who were here a moment ago. Emptied when anything changes that they are made of.</summary>
internal sealed class ActorCache(TimeProvider clock)
{
    /// <summary>How long another process's change may go unnoticed.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, (KnownActor Actor, long Definitions, long At)> _actors = new();
    private int _generation;

    public int Generation => Volatile.Read(ref _generation);

    public KnownActor? Find(Guid user, long definitions)
        => _actors.TryGetValue(user, out var known) && known.Definitions == definitions && clock.GetElapsedTime(known.At) < Lifetime ? known.Actor : null;

    /// <param name="generation">As it was before the actor was read: what has been read since a change is not kept.</param>
    public void Keep(Guid user, KnownActor actor, long definitions, int generation)
    {
        if (generation == Generation)
            _actors[user] = (actor, definitions, clock.GetTimestamp());
        if (generation != Generation)
            _actors.Clear();
    }

    public void Clear()
    {
        Interlocked.Increment(ref _generation);
        _actors.Clear();
    }
}

internal sealed record KnownActor(Actor Actor, string SecurityStamp);

/// <summary>From the session's principal to what the user may do now.</summary>
internal sealed class UserActors(
    ActorCache cache,
    QueryEngine queries,
    CredentialStore credentials,
    UserRights rights,
    ContentDefinitions definitions,
    SettingsStore settings,
    IContentManager content,
    ActorContext actor,
    IOptions<IdentityOptions> identity) : IActorProvider
{
    public const string ChangePasswordPath = "/profile/password";

    public async Task<Actor?> FindAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
            return null;
        var known = await KnownAsync(id, cancellationToken);
        return known is not null && known.SecurityStamp == principal.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType) ? known.Actor : null;
    }

    public async Task<Actor?> OfRequestAsync(Guid user, CancellationToken cancellationToken) => (await KnownAsync(user, cancellationToken))?.Actor;

    public async Task<Actor?> OfUserAsync(Guid user, CancellationToken cancellationToken) => (await LoadAsync(user, cancellationToken))?.Actor;

    public async Task RememberCultureAsync(Actor user, string culture, CancellationToken cancellationToken)
        => await actor.AsSystemAsync(() => content.SaveAsync(
            new ContentChange(SystemTypes.Users) { Id = user.UserId, Values = { [UserFields.Culture] = culture } }, SaveOptions.Default, cancellationToken));

    private async Task<KnownActor?> KnownAsync(Guid id, CancellationToken cancellationToken)
    {
        var version = definitions.Current.Version;
        if (cache.Find(id, version) is { } known)
            return known;
        var generation = cache.Generation;
        var loaded = await LoadAsync(id, cancellationToken);
        if (loaded is not null)
            cache.Keep(id, loaded, version, generation);
        return loaded;
    }

    private async Task<KnownActor?> LoadAsync(Guid id, CancellationToken cancellationToken)
        => await actor.AsSystemAsync(async () =>
        {
            if (await queries.GetAsync(SystemTypes.Users, id, cancellationToken) is not { } user || !user.Get<bool>(UserFields.IsActive))
                return null;
            var stored = await credentials.ReadAsync(id, cancellationToken);
            var known = new Actor
            {
                UserId = id,
                UserName = user.Get<string>(UserFields.UserName)!,
                DisplayName = user.DisplayText,
                Culture = user.Get<string>(UserFields.Culture),
                TimeZone = TimeZoneInfo.TryFindSystemTimeZoneById(user.Get<string>(UserFields.TimeZone) ?? "", out var zone) ? zone : settings.Site.Zone,
                Teams = await TeamsAsync(user.Get<string>(UserFields.Teams), cancellationToken),
                Grants = await rights.OfAsync(user.Get<string>(UserFields.Roles), cancellationToken),
                OnlyPage = stored.MustChangePassword ? ChangePasswordPath : null,
            };
            return new KnownActor(known, stored.SecurityStamp);
        });

    private async Task<IReadOnlyList<Guid>> TeamsAsync(string? names, CancellationToken cancellationToken)
        => NamesField.Split(names) is { Count: > 0 } all
            ? [.. (await queries.ListAsync(new Query(SystemTypes.Teams) { Where = Filter.In(UserFields.Name, all), Columns = [], Sort = [UserFields.Name], Take = QueryEngine.MaxTake }, cancellationToken)).Items.Select(t => t.Id)]
            : [];
}
