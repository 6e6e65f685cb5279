using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>
/// What must hold for users, teams and roles whoever changes them: names that exist, an administrator that is left,
/// rights that only those give who may, and sessions that end with their reason.
/// </summary>
internal sealed class UserRules(QueryEngine queries, DbSession session, CredentialStore credentials, UserRights rights, ActorCache actors, ActorContext actor, IContentManager content) : IContentHandler
{
    private static readonly (string Field, string Type)[] Named = [(UserFields.Roles, SystemTypes.Roles), (UserFields.Teams, SystemTypes.Teams)];

    /// <summary>Fields that decide whether and as whom a user signs in.</summary>
    private static readonly string[] SigningIn = [UserFields.UserName, UserFields.Email, UserFields.IsActive];

    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (saves.Count == 0)
            return;
        if (type.Name == SystemTypes.Users)
            await CheckUsersAsync(saves, cancellationToken);
        else if (type.Name is SystemTypes.Roles or SystemTypes.Teams)
            foreach (var save in saves)
            {
                CheckName(type, save);
                if (type.Name == SystemTypes.Roles && rights.Beyond(save.Before, save.After) is { } right)
                    save.Error(UserFields.Permissions, BeyondOwn(right));
            }
    }

    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name is not (SystemTypes.Users or SystemTypes.Roles or SystemTypes.Teams))
            return;
        session.AfterCommit(actors.Clear);
        foreach (var save in saves)
        {
            if (type.Name != SystemTypes.Users)
            {
                if (!save.IsNew && save.Changed.Contains(UserFields.Name))
                    await RenameAsync(type.Name, save.Before!.DisplayText, save.After.Get<string>(UserFields.Name)!, cancellationToken);
            }
            else if (save.IsNew)
            {
                await credentials.CreateAsync(save.After.Id, cancellationToken);
            }
            else if (save.Changed.Contains(UserFields.IsActive))
            {
                await credentials.EndSessionsAsync(save.After.Id, cancellationToken);
            }
        }
    }

    public async ValueTask<Message?> DeletingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name is not (SystemTypes.Users or SystemTypes.Roles or SystemTypes.Teams))
            return null;
        if (type.Name == SystemTypes.Users)
        {
            if (item.Id == actor.Current.UserId)
                return new("You cannot delete yourself");
            if (!await rights.MayManageAsync(item, cancellationToken))
                return MoreRights;
            return IsActiveAdministrator(item) && !await OthersAdministerAsync([item.Id], cancellationToken) ? LastAdministrator : null;
        }
        if (type.Name == SystemTypes.Roles && IsStandard(item.DisplayText))
            return new("{0} is a standard role and cannot be deleted", item.DisplayText);
        var members = await MembersAsync(type.Name, item.DisplayText, cancellationToken);
        return members.Count > 0 ? new("It cannot be deleted while {0} users have it", members.Count) : null;
    }

    public async ValueTask DeletedAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name is not (SystemTypes.Users or SystemTypes.Roles or SystemTypes.Teams))
            return;
        session.AfterCommit(actors.Clear);
        if (type.Name == SystemTypes.Users)
            await credentials.EndSessionsAsync(item.Id, cancellationToken);
    }

    public async ValueTask<Message?> RestoringAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken) => type.Name switch
    {
        SystemTypes.Users when !await rights.MayManageAsync(item, cancellationToken) => MoreRights,
        SystemTypes.Roles when rights.Beyond(null, item) is { } right => BeyondOwn(right),
        _ => null,
    };

    /// <summary>History names users for ever.</summary>
    public ValueTask<Message?> PurgingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
        => ValueTask.FromResult<Message?>(type.Name == SystemTypes.Users ? new("A user stays in the recycle bin, because the history of records names the user") : null);

    private static Message MoreRights => new("This user’s roles give more rights than yours");

    private static Message BeyondOwn(string right) => new("You cannot give more rights than you have: {0}", right);

    private static Message LastAdministrator => new("The last active administrator must stay");

    private async Task CheckUsersAsync(IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        foreach (var (field, type) in Named)
            await CheckNamesAsync(saves, field, type, cancellationToken);
        if (!rights.MayGiveRights)
            await CheckTeamsAsync(saves, cancellationToken);
        foreach (var save in saves)
        {
            if (save.Changed.Contains(UserFields.UserName) && save.After.Get<string>(UserFields.UserName) is { } name
                && !name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-'))
                save.Error(UserFields.UserName, new("A user name has only letters, digits and . _ -"));
            if (save.After[UserFields.IsActive] is null)
                save.Set(UserFields.IsActive, false);
            if (save.Changed.Contains(UserFields.Roles) && !rights.MayGiveRights)
                save.Error(UserFields.Roles, new("Only those who may change roles may give them to users"));
            // Deactivating or renaming an administrator is a way to take the place.
            else if (!save.IsNew && save.Changed.Count > 0 && IsAdministrator(save.Before!) && !rights.MayGiveRights && save.Before!.Id != actor.Current.UserId)
                save.Error(null, new("Only an administrator may change an administrator"));
            else if (!save.IsNew && SigningIn.Any(save.Changed.Contains) && !await rights.MayManageAsync(save.Before!, cancellationToken))
                save.Error(null, MoreRights);
        }
        var leaving = saves.Where(s => !s.IsNew && IsActiveAdministrator(s.Before!) && !IsActiveAdministrator(s.After)).ToList();
        if (leaving.Count > 0 && !saves.Any(s => s.IsValid && IsActiveAdministrator(s.After)) && !await OthersAdministerAsync([.. leaving.Select(s => s.After.Id)], cancellationToken))
            foreach (var save in leaving)
                save.Error(IsAdministrator(save.After) ? UserFields.IsActive : UserFields.Roles, LastAdministrator);
    }

    /// <summary>A team opens its records, so it is a right like any other: one gives only what one has.</summary>
    private async Task CheckTeamsAsync(IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        var changed = saves.Where(s => s.Changed.Contains(UserFields.Teams)).ToList();
        if (changed.Count == 0)
            return;
        var own = await rights.OwnTeamsAsync(cancellationToken);
        foreach (var save in changed)
        {
            var (before, after) = (Teams(save.Before), Teams(save.After));
            before.SymmetricExceptWith(after);
            if (!before.IsSubsetOf(own))
                save.Error(UserFields.Teams, new("Only those who may change roles may put users into teams that they are not in themselves, or take them out"));
        }
    }

    private static HashSet<string> Teams(ContentItem? user) => [.. NamesField.Split(user?.Get<string>(UserFields.Teams)).Select(NameFolding.Fold)];

    /// <summary>Names as their records spell them; an error for each new one that no record has. Users from the recycle bin may have others.</summary>
    private async Task CheckNamesAsync(IReadOnlyList<PendingSave> saves, string field, string type, CancellationToken cancellationToken)
    {
        var changed = saves.Where(s => s.Changed.Contains(field) && s.After[field] is not null).ToList();
        if (changed.Count == 0)
            return;
        var known = (await NamesAsync(type, cancellationToken)).ToDictionary(NameFolding.Fold);
        foreach (var save in changed)
        {
            var names = NamesField.Split(save.After.Get<string>(field));
            if (names.FirstOrDefault(n => !known.ContainsKey(NameFolding.Fold(n)) && !NamesField.Contains(save.Before?.Get<string>(field), n)) is { } unknown)
                save.Error(field, type == SystemTypes.Roles ? new("There is no role “{0}”", unknown) : new("There is no team “{0}”", unknown));
            else
                save.Set(field, NamesField.Join(names.Select(n => known.GetValueOrDefault(NameFolding.Fold(n), n))));
        }
    }

    private static void CheckName(ContentTypeDefinition type, PendingSave save)
    {
        var name = save.After.Get<string>(UserFields.Name);
        if (name is not null && NamesField.Split(name) is not [var whole] || name?.Trim() != name)
            save.Error(UserFields.Name, new("The name must not contain a comma or a semicolon"));
        if (type.Name != SystemTypes.Roles)
            return;
        if (!save.IsNew && IsStandard(save.Before!.DisplayText) && save.Changed.Contains(UserFields.Name))
            save.Error(UserFields.Name, new("{0} is a standard role and keeps its name", save.Before.DisplayText));
        if (name is not null && PermissionCatalog.IsAdministrator(name) && save.After[UserFields.Permissions] is not null)
            save.Error(UserFields.Permissions, new("An administrator has every permission, always"));
    }

    /// <summary>Users carry the name, so they follow it.</summary>
    private async Task RenameAsync(string type, string before, string now, CancellationToken cancellationToken)
    {
        var field = type == SystemTypes.Roles ? UserFields.Roles : UserFields.Teams;
        // Those in the recycle bin too: they are to come back with the same rights.
        var members = await MembersAsync(type, before, cancellationToken, RecycleBin.With);
        var changes = members.Select(user => new ContentChange(SystemTypes.Users)
        {
            Id = user.Id,
            Values = { [field] = NamesField.Join(NamesField.Split(user.Get<string>(field)).Select(n => string.Equals(n, before, StringComparison.OrdinalIgnoreCase) ? now : n)) },
        });
        foreach (var chunk in changes.Chunk(1000))
            (await actor.AsSystemAsync(() => content.SaveManyAsync(SystemTypes.Users, chunk, new SaveOptions { MadeBySystem = true, WithDeleted = true }, cancellationToken)))
                .Demand(id => members.Find(m => m.Id == id)?.DisplayText ?? "");
    }

    private async Task<List<ContentItem>> MembersAsync(string type, string name, CancellationToken cancellationToken, RecycleBin bin = RecycleBin.Without)
    {
        var field = type == SystemTypes.Roles ? UserFields.Roles : UserFields.Teams;
        return await actor.AsSystemAsync(async () =>
        {
            var members = new List<ContentItem>();
            var query = new Query(SystemTypes.Users) { Where = new CompareFilter(field, Platform.Fields.FilterOperator.Contains, name), Columns = [field, UserFields.IsActive], Sort = [SystemFields.Id], Bin = bin };
            await foreach (var user in queries.StreamAsync(query, cancellationToken))
                if (NamesField.Contains(user.Get<string>(field), name))
                    members.Add(user);
            return members;
        });
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string type, CancellationToken cancellationToken)
        => await actor.AsSystemAsync(async () => (IReadOnlyList<string>)[.. (await queries.ListAsync(
            new Query(type) { Columns = [], Sort = [UserFields.Name], Take = QueryEngine.MaxTake }, cancellationToken)).Items.Select(i => i.DisplayText)]);

    /// <summary>Whether an active administrator is left without these. Two who leave at once wait for each other.</summary>
    private async Task<bool> OthersAdministerAsync(Guid[] leaving, CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727003)", cancellationToken);
        return (await MembersAsync(SystemTypes.Roles, RoleNames.Administrator, cancellationToken)).Any(u => u.Get<bool>(UserFields.IsActive) && !leaving.Contains(u.Id));
    }

    private static bool IsAdministrator(ContentItem user) => NamesField.Contains(user.Get<string>(UserFields.Roles), RoleNames.Administrator);

    private static bool IsActiveAdministrator(ContentItem user) => user.Get<bool>(UserFields.IsActive) && IsAdministrator(user);

    private static bool IsStandard(string role) => RoleNames.All.Contains(role, StringComparer.OrdinalIgnoreCase);
}
