using Crm.Email;
using Crm.Email.Templates;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Workflows;

/// <summary>Puts a message into the queue of mail: one of the templates filled in for the record, or a text of its own.</summary>
internal sealed class SendMail(QueryEngine queries, FieldViews views, Assignees assignees, MergeTexts texts, MailQueue? queue = null, MailTemplates? templates = null) : ActivityKind
{
    private const string Field = SettingNames.Field;
    private const string Subject = "subject";
    private const string Text = "text";
    private const string Address = "address";
    private const string Content = "content";
    private const string Template = "template";
    private const string Own = "own";

    public override string Name => "sendMail";

    public override LocalizedText Label => "Send an e-mail";

    public override LocalizedText Description => "A message to an address of the record, to its owner or to a fixed address";

    public override string Icon => "mail";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(Assignees.Who, "Send to", SettingInput.Choice) { Default = Field, IsHalf = true, Options = [new(Field, "An address of the record"), new(Assignees.Owner, "The record’s owner"), new(Address, "A fixed address")] },
        new(Field, "Field", SettingInput.Text) { When = $"{Assignees.Who}={Field}", Default = "email", IsHalf = true, Help = "A field, or one through a look-up, such as contact.email" },
        new(Address, "Address", SettingInput.Text) { When = $"{Assignees.Who}={Address}", Required = true, IsHalf = true },
        new(Content, "What to send", SettingInput.Choice) { Default = Own, Options = [new(Own, "A text written here"), new(Template, "An e-mail template")] },
        new(Template, "Template", SettingInput.Record) { When = $"{Content}={Template}", Target = "emailTemplates", Required = true },
        new(Subject, "Subject", SettingInput.Text) { When = $"{Content}={Own}", Required = true, Merges = true },
        new(Text, "Text", SettingInput.LongText) { When = $"{Content}={Own}", Required = true, Merges = true, MaxLength = 10_000 },
    ];

    public override Message? Unavailable(DefinitionSet definitions)
        => queue is null ? new("Mail needs the feature “E-mail”, which is switched off") : null;

    public override void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error)
    {
        if (node[Assignees.Who] == Address && node[Address] is { } address && !System.Net.Mail.MailAddress.TryCreate(address, out _))
            error(Address, new("This must be an e-mail address such as name@example.com"));
        if (type is null && node[Content] == Template)
            error(Content, new("This workflow is about no record, so there is nothing to fill a template in with"));
        if ((node[Assignees.Who] ?? Field) != Field)
            return;
        if (type is null)
            error(Assignees.Who, new("This workflow is about no record, so it has no address"));
        else if (texts.Check($"{{{{ record.{node[Field] ?? "email"} }}}}", type) is { } wrong)
            error(Field, wrong);
    }

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var (address, name) = await ToAsync(run, cancellationToken);
        if (address is null)
            return new(new("Not sent: there is no address"));
        var mail = await MailAsync(run, address, cancellationToken) with { ToName = name, About = run is { Type: { } type, Record: { } record } ? $"{type.Path}/{record.Id}" : null };
        return await queue!.EnqueueAsync(run.Key, mail, cancellationToken)
            ? new(new("Mail “{0}” to {1}", mail.Subject, address))
            : new(new("Not sent: {0} is on the list of addresses that must not be written to", address));
    }

    private async Task<OutgoingMail> MailAsync(ActivityRun run, string address, CancellationToken cancellationToken)
    {
        if (run[Content] != Template)
            return new(address, (await texts.RenderAsync(run[Subject] ?? "", run, cancellationToken)).ReplaceLineEndings(" "), await texts.RenderAsync(run[Text] ?? "", run, cancellationToken));
        try
        {
            var rendered = await templates!.RenderAsync(Guid.Parse(run[Template]!), run.Type!.Name, run.Record!.Id, cancellationToken);
            return new(address, rendered.Subject, rendered.Text) { Html = rendered.Html };
        }
        catch (TemplateException e)
        {
            throw new ActivityRefusedException(e.Reason);
        }
    }

    private async Task<(string? Address, string? Name)> ToAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        switch (run[Assignees.Who])
        {
            case Address:
                return (run[Address], null);
            case Assignees.Owner:
                var (owner, name) = await assignees.PickAsync(run, cancellationToken);
                return ((await queries.GetAsync(SystemTypes.Users, owner, cancellationToken))?.Get<string>("email"), name);
            default:
                var path = run[Field]!;
                var read = await queries.ListAsync(new Query(run.Type!.Name) { Where = Filter.Eq(SystemFields.Id, run.Record!.Id), Columns = [path], Sort = [SystemFields.Id], Take = 1 }, cancellationToken);
                var text = read.Items is [var item] ? views.Display(run.Type, item, path)?.Text : null;
                return (string.IsNullOrWhiteSpace(text) ? null : text, null);
        }
    }
}
