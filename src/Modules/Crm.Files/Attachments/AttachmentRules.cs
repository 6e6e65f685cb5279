using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Files.Attachments;

/// <summary>Whoever may change a record attaches files to it and deletes them; when it goes for good, they go with it.</summary>
internal sealed class AttachmentRules(ContentDefinitions definitions, QueryEngine queries, IContentManager content, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != AttachmentType.Name)
            return;
        foreach (var save in saves)
        {
            if (!save.IsNew && save.Changed.Contains(AttachmentFields.Regarding) && !actor.Current.IsSystem)
                save.Error(AttachmentFields.Regarding, new("A file stays with its record; attach it to the other one again"));
            else if (save.After[AttachmentFields.Regarding] is RecordLink link && !await MayChangeAsync(link, cancellationToken))
                save.Error(AttachmentFields.Regarding, new("You may not change the record that the file is attached to"));
        }
    }

    public async ValueTask<Message?> DeletingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
        => type.Name == AttachmentType.Name && item[AttachmentFields.Regarding] is RecordLink link && !await MayChangeAsync(link, cancellationToken)
            ? new("You may not change the record that the file is attached to")
            : null;

    public async ValueTask PurgedAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name == AttachmentType.Name)
            return;
        await actor.AsSystemAsync(async () =>
        {
            var where = Filter.Eq(AttachmentFields.Regarding, new RecordLink(type.Name, item.Id));
            while ((await queries.ListAsync(new Query(AttachmentType.Name) { Where = where, Columns = [], Take = QueryEngine.MaxTake, Bin = RecycleBin.With }, cancellationToken)).Items is { Count: > 0 } attached)
                foreach (var file in attached)
                {
                    if (!file.IsDeleted)
                        Demand(await content.DeleteAsync(AttachmentType.Name, file.Id, null, cancellationToken));
                    Demand(await content.PurgeAsync(AttachmentType.Name, file.Id, cancellationToken));
                }
        });

        static void Demand(SaveResult result)
        {
            if (result is { Succeeded: false, Errors: [var error, ..] })
                throw new SaveRefusedException(error);
        }
    }

    private async Task<bool> MayChangeAsync(RecordLink link, CancellationToken cancellationToken)
        => actor.Current.IsSystem
            || definitions.Current.Find(link.Type) is { } type && await queries.GetAsync(link.Type, link.Id, cancellationToken) is { } item && actor.Current.Can(type, ContentActions.Edit, item);
}
