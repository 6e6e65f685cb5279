using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Files.Attachments;

/// <param name="UploadUrl">Null for those who only read.</param>
internal sealed record AttachmentsPage(string RecordName, IReadOnlyList<Attachment> Files, bool HasMore, string? UploadUrl);

internal sealed record Attachment(Guid Id, StoredFile File, string? By, DateTime At)
{
    public string Url => $"/attachments/{Id}";
}

/// <summary>The files of a record, beside its related lists.</summary>
internal sealed class AttachmentsPart(QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : ISlotPart
{
    private const int Shown = 50;

    public string Slot => SlotNames.RecordRelated;

    public int Order => 200;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(AttachmentType.Name);
        if (context is not { Type: { IsAdmin: false } about, Item: { } item } || !actor.Current.Can(type, ContentActions.View))
            return null;
        var page = await queries.ListAsync(new Query(type.Name)
        {
            Where = Filter.Eq(AttachmentFields.Regarding, new RecordLink(about.Name, item.Id)),
            Columns = [AttachmentFields.File, SystemFields.CreatedAt, SystemFields.CreatedBy],
            Take = Shown,
        }, cancellationToken);
        var mayAttach = actor.Current.Can(type, ContentActions.Create) && actor.Current.Can(about, ContentActions.Edit, item);
        return page.Items.Count == 0 && !mayAttach
            ? null
            : new("_Attachments", new AttachmentsPage(item.DisplayText,
                [.. page.Items.Select(i => new Attachment(i.Id, i.Get<StoredFile>(AttachmentFields.File)!, i.DisplayOf(SystemFields.CreatedBy), i.Get<DateTime>(SystemFields.CreatedAt)))],
                page.Next is not null,
                mayAttach ? $"{about.Path}/{item.Id}/attachments" : null));
    }
}
