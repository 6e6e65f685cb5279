using Crm.Platform.Jobs;

namespace Crm.Campaigns.Members;

/// <summary>Puts a long list into a campaign. Killed, it goes on: who is in is not added again.</summary>
internal sealed class AddMembersTask(MemberBook members, JobProgress progress) : IBackgroundTask
{
    public const string TaskName = "campaigns.add-members";

    public string Name => TaskName;

    public static Dictionary<string, string> Data(Guid campaign, string type, string? filter)
        => new() { ["campaign"] = campaign.ToString("D"), ["type"] = type, ["filter"] = filter ?? "" };

    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
        => members.AddAllAsync(Guid.Parse(data["campaign"]), data["type"], data["filter"], added => progress.Report(added, null), cancellationToken);
}
