using Crm.Contents.Bulk;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Campaigns.Members;

/// <param name="Campaign">The chosen one.</param>
internal sealed record AddToCampaignForm(ContentItem? Campaign, Message? Problem);

/// <summary>Puts the people that were chosen on a list into a campaign.</summary>
internal sealed class AddToCampaign(QueryEngine queries, MemberBook members, ActorContext actor) : IBulkAction
{
    private const string Input = "campaign";

    public string Name => "campaigns.addMembers";

    public LocalizedText Label => "Add to a campaign";

    public string Icon => "speakerphone";

    public bool IsOffered(ContentTypeDefinition type) => type.Name is "contacts" or "customers" && actor.Current.Can("campaignMembers.create");

    public async Task<SlotView?> FormAsync(BulkForm form, CancellationToken cancellationToken)
        => new("_AddToCampaign", new AddToCampaignForm(await ChosenAsync(form, cancellationToken), form.Errors is [var error, ..] ? error.Message : null));

    public async Task<BulkPlan> PlanAsync(BulkForm form, CancellationToken cancellationToken)
        => await ChosenAsync(form, cancellationToken) is { } campaign
            ? new BulkPlan(new("Add to “{0}”", campaign.DisplayText), new Dictionary<string, string?> { [Input] = campaign.Id.ToString("D") })
            : BulkPlan.Refused(new FieldError(null, new("Choose a campaign")));

    public async Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken)
    {
        var added = await members.AddEachAsync(Guid.Parse(work.Settings[Input]!), work.Type.Name, [.. work.Items.Select(i => i.Id)], cancellationToken);
        return [.. work.Items.Select(i => !added.TryGetValue(i.Id, out var result) ? new BulkOutcome(i.Id, BulkState.Same)
            : result.Succeeded ? new(i.Id, BulkState.Changed)
            : BulkOutcome.Of(result) with { Id = i.Id })];
    }

    private async Task<ContentItem?> ChosenAsync(BulkForm form, CancellationToken cancellationToken)
        => Guid.TryParse(form.Values[Input].ToString(), out var id) ? await queries.GetAsync(Campaigns.CampaignType.Name, id, cancellationToken) : null;
}
