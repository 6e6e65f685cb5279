using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Workflows;

/// <summary>Goes one way when the record meets a condition, and another when it does not.</summary>
internal sealed class Branch(QueryEngine queries, ContentDefinitions definitions) : ActivityKind
{
    public const string KindName = "if";

    public override string Name => KindName;

    public override LocalizedText Label => "If / else";

    public override LocalizedText Description => "Goes one way when the record meets a condition, and another when it does not";

    public override string Icon => "git-branch";

    public override bool NeedsRecord => true;

    public override IReadOnlyList<string> Outcomes { get; } = [Workflows.Outcomes.True, Workflows.Outcomes.False];

    public override IReadOnlyList<Setting> Settings { get; } =
        [new(SettingNames.Condition, "Condition", SettingInput.Filter) { Required = true, MaxLength = 2000 }];

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var condition = FilterParser.Parse(run[SettingNames.Condition] ?? "true", run.Type!, definitions.Current);
        var meets = (await queries.CountAsync(run.Type!.Name, Filter.And(Filter.Eq(SystemFields.Id, run.Record!.Id), condition), cancellationToken)).Count > 0;
        return meets ? new(new("The condition is met"), Workflows.Outcomes.True) : new(new("The condition is not met"), Workflows.Outcomes.False);
    }
}

/// <summary>Ends the workflow here.</summary>
internal sealed class End : ActivityKind
{
    public override string Name => "end";

    public override LocalizedText Label => "End";

    public override LocalizedText Description => "Ends the workflow here, whatever follows";

    public override string Icon => "player-stop";

    public override IReadOnlyList<string> Outcomes => [];

    public override Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
        => Task.FromResult(new ActivityResult(new("Ended")) { Ends = true });
}
