using Crm.Notifications;
using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>Tells somebody under the bell of every page.</summary>
internal sealed class Notify(NotificationCenter notifications, Assignees assignees, MergeTexts texts) : ActivityKind
{
    private const string Text = "text";

    public override string Name => "notify";

    public override LocalizedText Label => "Notify";

    public override LocalizedText Description => "Tells somebody under the bell, with a link to the record";

    public override string Icon => "bell";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(Text, "Text", SettingInput.Text) { Required = true, Merges = true },
        .. Assignees.Settings("Whom", Assignees.Owner, Assignees.Customer, Assignees.User, Assignees.Role, Assignees.Team).Select(s => s.Name != Assignees.Who ? s : s with
        {
            Options = [.. s.Options.Select(o => o.Key switch { Assignees.Role => o with { Label = "All users of a role" }, Assignees.Team => o with { Label = "All users of a team" }, _ => o })],
        }),
    ];

    public override void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error) => Assignees.Check(node, type, error);

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var text = await texts.RenderAsync(run[Text] ?? "", run, cancellationToken);
        var url = run is { Type: { } type, Record: { } record } ? $"{type.Path}/{record.Id}" : "/";
        var users = await assignees.AllAsync(run, cancellationToken);
        foreach (var (id, _) in users)
            await notifications.NotifyAsync(id, run.Key, new Message(text), url, cancellationToken);
        return new(new("{0} told: “{1}”", string.Join(", ", users.Select(u => u.Name)), text));
    }
}
