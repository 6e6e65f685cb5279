using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Security;

namespace Crm.Contents.Inline;

/// <summary>Which fields can be edited where they stand.</summary>
internal sealed class InlineEdit(ContentDefinitions definitions, FieldKinds kinds, ActorContext actor)
{
    /// <summary>The address of the field's editor; null when the actor may not change it, or not in a place this small.</summary>
    public string? Url(ContentTypeDefinition type, ContentItem item, string path)
        => type.Find(path) is { } field && IsOffered(field) && actor.Current.Can(type, ContentActions.Edit, item) ? $"{type.Path}/{item.Id}/inline/{field.Name}" : null;

    public bool IsOffered(FieldDefinition field)
        => field is { Hidden: false, ReadOnly: false } && kinds.Of(field).Name is not ("file" or "image") && (field.Target is null || definitions.Current.Find(field.Target) is not null);
}

/// <param name="Version">Of the record that the editor shows.</param>
/// <param name="InList">In a list's cell instead of the record's page.</param>
internal sealed record InlineEditor(ContentTypeDefinition Type, Guid Id, Platform.Display.FieldEditor Editor, long Version, bool InList)
{
    public string Url => $"{Type.Path}/{Id}/inline/{Editor.Field.Name}";

    /// <summary>What somebody else has made of it meanwhile; null when nobody has.</summary>
    public InlineConflict? Conflict { get; init; }
}

/// <param name="Who">Null when the user may not be seen or it was the system.</param>
/// <param name="IsOwn">It was the same user, in another window.</param>
internal sealed record InlineConflict(string? Who, bool IsOwn, Platform.Display.FieldDisplay? Now);

/// <param name="Display">Null for nothing to show.</param>
/// <param name="Said">What was done, for the toast.</param>
/// <param name="Undo">The change log's batch that undo takes back; null when there is nothing to take back.</param>
internal sealed record InlineSaved(string Url, Platform.Display.FieldDisplay? Display, string Said, Guid? Undo, bool InList);
