using Crm.Platform.Content;
using Crm.Platform.Jobs;

namespace Crm.Platform.Files;

/// <summary>Files become the record's with the save that names them, and go when it is removed for good.</summary>
internal sealed class KeepFiles(FileRows rows) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        foreach (var save in saves)
            foreach (var field in save.Changed)
                if (save.After[field] is StoredFile file && !await rows.ClaimAsync(file.Id, save.After.Id, cancellationToken))
                    throw new SaveRefusedException(new(field, FileRows.Lost(type.Field(field))));
    }

    public async ValueTask PurgedAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
        => await rows.ReleaseAsync(item.Id, cancellationToken);
}

/// <summary>Each night.</summary>
internal sealed class SweepFiles(FileStore files) : IBackgroundTask
{
    public string Name => "sweep-files";

    public string Cron => "50 3 * * *";

    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken) => files.SweepAsync(cancellationToken);
}
