using Crm.Platform.Jobs;
using Crm.Platform.Security;

namespace Crm.Campaigns.Members;

/// <summary>Puts a long list into a campaign, with the rights of whoever asked. Killed, it goes on: who is in is not added again.</summary>
internal sealed class AddMembersTask(MemberBook members, ActorContext actor, IEnumerable<IActorProvider> actors, JobProgress progress) : IBackgroundTask
{
    public const string TaskName = "campaigns.add-members";

    public string Name => TaskName;

    public static Dictionary<string, string> Data(Guid campaign, string type, string? filter, Guid user)
        => new() { ["campaign"] = campaign.ToString("D"), ["type"] = type, ["filter"] = filter ?? "", ["user"] = user.ToString("D") };

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        foreach (var provider in actors)
            if (await provider.OfUserAsync(Guid.Parse(data["user"]), cancellationToken) is { } user)
                actor.Current = user with { Source = "job" };
        await members.AddAllAsync(Guid.Parse(data["campaign"]), data["type"], data["filter"], added => progress.Report(added, null), cancellationToken);
    }
}
