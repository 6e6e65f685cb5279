using Crm.Campaigns.Blasts;
using Crm.Campaigns.Campaigns;
using Crm.Campaigns.Members;
using Crm.Campaigns.Segments;
using Crm.Email;
using Crm.Email.Templates;
using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Workflows;

namespace Crm.Campaigns.Automation;

/// <summary>
/// Makes a blast and sends it by the same way as its button does. The blast, the start of its sending and the note of it are
/// one transaction; that a campaign's audience gets a template once holds also for workflows that run side by side.
/// </summary>
internal sealed class SendBlast(BlastRun blasts, Audience audience, MemberBook members, IContentManager content, QueryEngine queries, SiteAddress site, WorkflowTurns turns) : ActivityKind
{
    private const string To = "to";
    private const string Content = "content";
    private const string Campaign = "campaign";
    private const string Segment = "segment";
    private const string Template = "template";

    public override string Name => "sendBlast";

    public override LocalizedText Label => "Send an e-mail blast";

    public override LocalizedText Description => "One message to everybody of a campaign’s audience or of a segment, with an e-mail template";

    public override string Icon => "mail-fast";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(To, "Send to", SettingInput.Choice) { Default = Campaign, IsHalf = true, Options = [new(Campaign, "The campaign’s audience"), new(Segment, "Everybody of a segment")] },
        new(Segment, "Segment", SettingInput.Record) { Target = SegmentType.Name, When = $"{To}={Segment}", Required = true, IsHalf = true },
        new(Content, "What to send", SettingInput.Choice) { Default = Campaign, Options = [new(Campaign, "The campaign’s e-mail template"), new(Template, "An e-mail template")] },
        new(Template, "Template", SettingInput.Record) { Target = EmailTemplateType.Name, When = $"{Content}={Template}", Required = true },
    ];

    public override void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error)
    {
        if (type is not null && type.Name != CampaignType.Name)
            error(To, new("A blast is sent for a campaign, or by a schedule about no record: for each of {0} everybody would get one more", type.PluralLabel));
        else if (type is null && (node[To] ?? Campaign) == Campaign)
            error(To, new("This workflow is about no campaign, so choose a segment"));
        else if (type is null && (node[Content] ?? Campaign) == Campaign)
            error(Content, new("This workflow is about no campaign, so choose a template"));
    }

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var segment = await FindAsync(SegmentType.Name, run[To] == Segment ? Chosen(run, Segment) : run.Record?.Get<Guid?>(Segment), cancellationToken)
            ?? throw new ActivityRefusedException("The blast was not sent: {0}", new Message("there is no audience"));
        var template = await FindAsync(EmailTemplateType.Name, run[Content] == Template ? Chosen(run, Template) : run.Record?.Get<Guid?>(Template), cancellationToken)
            ?? throw new ActivityRefusedException("The blast was not sent: {0}", new Message("there is no e-mail template"));
        if (!await site.IsKnownAsync(cancellationToken))
            throw new ActivityRefusedException("The blast was not sent: {0}", new Message("the links in it would lead nowhere. Give the address of this site under “E-mail account”"));
        if (run.Record is { } campaign && await EarlierAsync(campaign, template, cancellationToken) is { } earlier)
            return new(new("Not sent again: “{0}” brought this template to the campaign’s audience", earlier.DisplayText)) { Url = PageOf(earlier.Id) };

        var id = await CreateAsync(run, segment, template, cancellationToken);
        if (await blasts.StartAsync(id, cancellationToken) is { Count: > 0 } problems)
            throw new ActivityRefusedException("The blast was not sent: {0}", problems.Aggregate((all, next) => new Message("{0}; {1}", all, next)));
        return run.IsDryRun
            ? await TryAsync(id, run, segment, template, cancellationToken)
            : new(new("Template “{0}” goes to “{1}”", template.DisplayText, segment.DisplayText)) { Url = PageOf(id) };
    }

    private async Task<Guid> CreateAsync(ActivityRun run, ContentItem segment, ContentItem template, CancellationToken cancellationToken)
    {
        var name = $"{run.Record?.DisplayText ?? run.Workflow.Name.ToString()} · {template.DisplayText}";
        var result = await content.SaveAsync(new ContentChange(EmailBlastType.Name)
        {
            Values =
            {
                ["name"] = name.Length > 200 ? name[..200] : name,
                [Segment] = segment.Id,
                [Template] = template.Id,
                [Campaign] = run.Record?.Id,
                // Who gets it is what its owner may see: the campaign's owner, else whoever answers for the workflow.
                [SystemFields.Owner] = run.Record?.Owner ?? run.Workflow.SavedBy,
                [SystemFields.Team] = run.Record?.Team,
            },
        }, SaveOptions.Default, cancellationToken);
        return result.Succeeded ? result.Id : throw new ActivityRefusedException("The blast was not sent: {0}", result.Errors is [var error, ..] ? error.Message : new Message("It could not be saved"));
    }

    /// <summary>A blast that brought this template to this campaign's people; a draft is none.</summary>
    private async Task<ContentItem?> EarlierAsync(ContentItem campaign, ContentItem template, CancellationToken cancellationToken)
    {
        // Whoever comes second waits here for the first, and then sees its blast.
        await turns.NextAsync($"blast:{campaign.Id:N}", cancellationToken);
        var where = Filter.And(Filter.Eq(Campaign, campaign.Id), Filter.Eq(Template, template.Id), new NotFilter(Filter.Eq("status", EmailBlastType.Draft)));
        return (await queries.ListAsync(new Query(EmailBlastType.Name) { Where = where, Columns = [], Sort = [SystemFields.Id], Take = 1 }, cancellationToken)).Items is [var earlier] ? earlier : null;
    }

    /// <summary>All of it is taken back, so the campaign may have some of its members already: the steps that follow are about them.</summary>
    private async Task<ActivityResult> TryAsync(Guid id, ActivityRun run, ContentItem segment, ContentItem template, CancellationToken cancellationToken)
    {
        var blast = (await queries.GetAsync(EmailBlastType.Name, id, cancellationToken))!;
        var count = await audience.CountAsync(blast, cancellationToken);
        if (run.Record is { } campaign)
            await foreach (var batch in audience.StreamAsync(blast, cancellationToken))
            {
                await members.AddAsync(campaign.Id, count.Type.Name, [.. batch.Take(1).Select(r => r.RecordId)], "planned", blast.Owner, cancellationToken);
                break;
            }
        return new(new("Would send template “{0}” to {1} people of “{2}”", template.DisplayText, count.Recipients, segment.DisplayText));
    }

    private async Task<ContentItem?> FindAsync(string type, Guid? id, CancellationToken cancellationToken)
        => id is { } known ? await queries.GetAsync(type, known, cancellationToken) : null;

    private static Guid? Chosen(ActivityRun run, string setting) => Guid.TryParse(run[setting], out var id) ? id : null;

    private static string PageOf(Guid blast) => $"/{EmailBlastType.Name}/{blast}";
}
