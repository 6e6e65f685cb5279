using Crm.Email.Ledger;
using Crm.Platform.Hosting;
using MimeKit;

namespace Crm.Email.Sending;

/// <summary>Messages as <c>.eml</c> files under the data directory, for sites that have no server yet.</summary>
internal sealed class OutboxFolder(CrmProcess process) : IMailConnection
{
    private string Folder => Path.Combine(process.DataDirectory, "mail", "outbox");

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        return Task.CompletedTask;
    }

    public async Task<Delivery> SendAsync(Guid id, MimeMessage message)
    {
        var path = PathOf(id);
        var unfinished = path + ".part";
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            await message.WriteToAsync(file);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
        return new(MailStates.Sent, Answer: Path.GetFileName(path));
    }

    /// <summary>A file has its name only once it is whole, so it tells what became of a message.</summary>
    public bool Contains(Guid id) => File.Exists(PathOf(id));

    /// <summary>Newest first: ids grow with time.</summary>
    public IReadOnlyList<Guid> List()
        => Directory.Exists(Folder)
            ? [.. Directory.EnumerateFiles(Folder, "*.eml").Select(Path.GetFileNameWithoutExtension).Where(n => Guid.TryParse(n, out _)).OrderDescending(StringComparer.Ordinal).Select(n => Guid.Parse(n!))]
            : [];

    public async Task<MimeMessage?> ReadAsync(Guid id, bool headersOnly, CancellationToken cancellationToken)
    {
        if (!Contains(id))
            return null;
        await using var file = File.OpenRead(PathOf(id));
        return headersOnly ? new MimeMessage(await HeaderList.LoadAsync(file, cancellationToken)) : await MimeMessage.LoadAsync(file, cancellationToken);
    }

    public string PathOf(Guid id) => Path.Combine(Folder, $"{id:D}.eml");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
