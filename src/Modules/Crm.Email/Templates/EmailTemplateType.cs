using Crm.Platform.Content;

namespace Crm.Email.Templates;

/// <summary>A message with merge fields, for mailings, workflows and single messages.</summary>
public sealed class EmailTemplateType : IContentTypeProvider
{
    public const string Name = "emailTemplates";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "E-mail template",
            PluralLabel = "E-mail templates",
            Description = "Messages with merge fields, for blasts and workflows",
            Icon = "template",
            DisplayField = "name",
            OneOf = [new("A template needs a message, in HTML or as text", "html", "text")],
            ListColumns = ["name", "subject", SystemFields.Owner, SystemFields.ModifiedAt],
            DefaultSort = ["name"],
            QuickSearch = ["name", "subject"],
            KeyFacts = ["subject", SystemFields.Owner],
            NeededFields = ["subject", "html", "text"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200 },
                new() { Name = "subject", Kind = MailTextField.KindName, Label = "Subject", Required = true, MaxLength = 500, Help = "May have merge fields, such as {{ contact.name }}" },
                new() { Name = "html", Kind = MailTextField.KindName, Label = "Message in HTML", Section = "Message" },
                new() { Name = "text", Kind = MailTextField.KindName, Label = "Message as text", Section = "Message", Help = "For readers without HTML. Empty: made from the HTML" },
            ],
        },
    ];
}
