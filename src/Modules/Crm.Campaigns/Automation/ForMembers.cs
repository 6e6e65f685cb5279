using Crm.Campaigns.Campaigns;
using Crm.Campaigns.Members;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Workflows;

namespace Crm.Campaigns.Automation;

/// <summary>Goes on with a campaign's members, such as those who clicked: what follows is done once for each of them.</summary>
internal sealed class ForMembers(QueryEngine queries, ContentDefinitions definitions) : ActivityKind
{
    private const string Which = "members";
    private const string Clicked = "clicked";
    private const string Opened = "opened";
    private const string Unopened = "unopened";
    private const string Everybody = "everybody";

    private static readonly Dictionary<string, string[]> Statuses = new(StringComparer.Ordinal)
    {
        [Clicked] = ["clicked", "responded", "attended"],
        [Opened] = ["opened", "clicked", "responded", "attended"],
        [Unopened] = ["sent"],
        [Everybody] = ["planned", "sent", "opened", "clicked", "responded", "attended"],
    };

    public override string Name => "forMembers";

    public override LocalizedText Label => "For each member";

    public override LocalizedText Description => "The steps below it are done for each member of the campaign, such as those who clicked";

    public override string Icon => "users";

    public override string GoesOnWith => CampaignMemberType.Name;

    public override bool NeedsRecord => true;

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(Which, "Which members", SettingInput.Choice)
        {
            Default = Clicked,
            Options = [new(Clicked, "Who clicked a link"), new(Opened, "Who opened the message"), new(Unopened, "Who got it and did not open it"), new(Everybody, "All but unsubscribed and bounced")],
            Help = "In the steps below, the record is the member: {{ record.name }}, {{ record.customer.name }}, {{ record.campaign }}",
        },
    ];

    public override void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error)
    {
        if (type is not null && type.Name != CampaignType.Name)
            error(Which, new("Only campaigns have members; here the record is one of {0}", type.PluralLabel));
    }

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(CampaignMemberType.Name);
        var all = Filter.Eq("campaign", run.Record!.Id);
        var where = Filter.And(all, Filter.In("status", Statuses[run[Which]!]));
        var members = await ReadAsync(where, null, cancellationToken);
        if (members.Count == 0 && run.IsDryRun && await ReadAsync(all, 1, cancellationToken) is [var example])
            return new(new("Nobody so far; with {0} as an example:", example.DisplayText)) { Each = [example.Id] };
        return members.Count == 0
            ? new(new("Nobody, so nothing follows")) { Each = [] }
            : new(new("Goes on for {0} members", members.Count)) { Each = [.. members.Select(m => m.Id)], Url = ListLinks.Of(type, where) };
    }

    private async Task<List<ContentItem>> ReadAsync(Filter where, int? most, CancellationToken cancellationToken)
    {
        var query = new Query(CampaignMemberType.Name) { Where = where, Columns = [], Sort = [SystemFields.Id] };
        var members = new List<ContentItem>();
        await foreach (var member in queries.StreamAsync(query, cancellationToken))
        {
            members.Add(member);
            if (members.Count == most)
                break;
        }
        return members;
    }
}
