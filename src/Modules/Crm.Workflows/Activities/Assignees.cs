using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Workflows;

/// <summary>Who is to do something: the owner of the record or of its customer, a user, or the users of a role or team in turn.</summary>
internal sealed class Assignees(QueryEngine queries, WorkflowTurns turns)
{
    public const string Who = "who";
    public const string Owner = "owner";
    public const string Customer = "customer";
    public const string User = "user";
    public const string Role = "role";
    public const string Team = "team";

    public static IReadOnlyList<Setting> Settings(string first, params string[] choices) =>
    [
        new(Who, first, SettingInput.Choice)
        {
            Default = choices[0], IsHalf = true,
            Options = [.. new SettingOption[] { new(Owner, "The record’s owner"), new(Customer, "The owner of its customer"), new(User, "A user"), new(Role, "Users of a role, in turn"), new(Team, "Users of a team, in turn") }.Where(o => choices.Contains(o.Key))],
        },
        .. new Setting[]
        {
            new(User, "User", SettingInput.Record) { Target = SystemTypes.Users, When = $"{Who}={User}", Required = true, IsHalf = true },
            new(Role, "Role", SettingInput.Record) { Target = SystemTypes.Roles, When = $"{Who}={Role}", Required = true, IsHalf = true },
            new(Team, "Team", SettingInput.Record) { Target = SystemTypes.Teams, When = $"{Who}={Team}", Required = true, IsHalf = true },
        }.Where(s => choices.Contains(s.Name)),
    ];

    public static void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error)
    {
        if (node[Who] == Customer && type?.Find(Customer) is not { Target: not null })
            error(Who, type is null ? new("This workflow is about no record, so it has no customer") : new("{0} have no customer", type.PluralLabel));
    }

    /// <summary>One user. In turn means that this activity takes the users one after the other, whatever worker asks.</summary>
    public async Task<(Guid Id, string Name)> PickAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var users = await AllAsync(run, cancellationToken);
        return users.Count == 1 ? users[0] : users[(int)((await turns.NextAsync($"{run.Workflow.Id:N}:{run.Node.Id}", cancellationToken) - 1) % users.Count)];
    }

    /// <summary>All users that the settings name; never none.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name)>> AllAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        switch (run[Who])
        {
            case Role:
                return await MembersAsync(SystemTypes.Roles, "roles", run[Role], cancellationToken);
            case Team:
                return await MembersAsync(SystemTypes.Teams, "teams", run[Team], cancellationToken);
            case User:
                return [await ActiveAsync(Guid.TryParse(run[User], out var id) ? id : Guid.Empty, cancellationToken) ?? throw new ActivityRefusedException("The user is gone or no longer active")];
            default:
                var customer = run[Who] == Customer ? await CustomerAsync(run, cancellationToken) : null;
                // A record without an owner, or whose owner has left: whoever answers for the workflow, in the end an administrator.
                return [await ActiveAsync(customer?.Owner, cancellationToken) ?? await ActiveAsync(run.Record?.Owner, cancellationToken) ?? await AnswersForAsync(run.Workflow, cancellationToken) ?? throw new ActivityRefusedException("No active user has “{0}”", RoleNames.Administrator)];
        }
    }

    /// <summary>Whoever answers for a workflow: who saved it, or an administrator; null when there is nobody.</summary>
    public async Task<(Guid Id, string Name)?> AnswersForAsync(WorkflowName workflow, CancellationToken cancellationToken)
        => await ActiveAsync(workflow.SavedBy, cancellationToken) ?? (await HoldersAsync("roles", RoleNames.Administrator, cancellationToken) is [var first, ..] ? first : null);

    private async Task<ContentItem?> CustomerAsync(ActivityRun run, CancellationToken cancellationToken)
        => run.Type?.Find(Customer) is { Target: { } target } && run.Record?.Get<Guid?>(Customer) is { } id ? await queries.GetAsync(target, id, cancellationToken) : null;

    private async Task<(Guid, string)?> ActiveAsync(Guid? id, CancellationToken cancellationToken)
        => id is not null && await queries.GetAsync(SystemTypes.Users, id.Value, cancellationToken) is { } user && user.Get<bool?>("isActive") == true ? (user.Id, user.DisplayText) : null;

    private async Task<IReadOnlyList<(Guid, string)>> MembersAsync(string type, string field, string? id, CancellationToken cancellationToken)
    {
        var group = Guid.TryParse(id, out var known) ? await queries.GetAsync(type, known, cancellationToken) : null;
        var name = group?.DisplayText ?? throw new ActivityRefusedException("The role or team is gone");
        return await HoldersAsync(field, name, cancellationToken) is { Count: > 0 } members ? members : throw new ActivityRefusedException("No active user has “{0}”", name);
    }

    private async Task<IReadOnlyList<(Guid, string)>> HoldersAsync(string field, string name, CancellationToken cancellationToken)
    {
        var where = Filter.And(Filter.Eq("isActive", true), new CompareFilter(field, Platform.Fields.FilterOperator.Contains, name));
        var members = new List<(Guid, string)>();
        await foreach (var user in queries.StreamAsync(new Query(SystemTypes.Users) { Where = where, Columns = [field], Sort = [SystemFields.Id] }, cancellationToken))
            if (user.Get<string>(field)!.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase))
                members.Add((user.Id, user.DisplayText));
        return members;
    }
}
