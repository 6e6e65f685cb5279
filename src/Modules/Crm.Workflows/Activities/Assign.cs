using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>Makes somebody the record's owner: a user, or the users of a role or team in turn.</summary>
internal sealed class Assign(IContentManager content, Assignees assignees) : ActivityKind
{
    public override string Name => "assign";

    public override LocalizedText Label => "Assign";

    public override LocalizedText Description => "Makes somebody the record’s owner; a role’s or team’s users in turn";

    public override string Icon => "user-check";

    public override bool NeedsRecord => true;

    public override IReadOnlyList<Setting> Settings { get; } = Assignees.Settings("Assign to", Assignees.Role, Assignees.Team, Assignees.User);

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var (owner, name) = await assignees.PickAsync(run, cancellationToken);
        var result = await content.SaveAsync(new ContentChange(run.Type!.Name) { Id = run.Record!.Id, Values = { [SystemFields.Owner] = owner } }, SaveOptions.Default, cancellationToken);
        if (!result.Succeeded)
            throw new ActivityRefusedException(result.Errors is [var error, ..] ? error.Message : new Message("It could not be saved"));
        return new(new("Assigned to {0}", name));
    }
}
