using Crm.Platform.Content;

namespace Crm.Files;

/// <summary>A file that somebody attached to a record. It has no screens of its own: it stands on the record's page.</summary>
public sealed class AttachmentType : IContentTypeProvider
{
    public const string Name = "attachments";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "File",
            PluralLabel = "Files",
            Icon = "paperclip",
            IsPart = true,
            ScopedBy = AttachmentFields.Regarding,
            DisplayField = AttachmentFields.Name,
            DefaultSort = [$"-{SystemFields.CreatedAt}"],
            NeededFields = [AttachmentFields.Name, AttachmentFields.File, AttachmentFields.Regarding],
            Fields =
            [
                Field.Text(AttachmentFields.Name, "Name") with { Required = true, MaxLength = 150 },
                Field.File(AttachmentFields.File, "File") with { Required = true, Max = AttachmentFields.MaxMegabytes },
                Field.Record(AttachmentFields.Regarding, "Belongs to") with { Required = true },
            ],
        },
    ];
}

internal static class AttachmentFields
{
    public const int MaxMegabytes = 50;

    public const string Name = "name";
    public const string File = "file";
    public const string Regarding = "regarding";
}
