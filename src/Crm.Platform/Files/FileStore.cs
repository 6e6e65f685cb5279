using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;

namespace Crm.Platform.Files;

/// <summary>
/// The bytes of files, under <c>files/</c> in the data directory, named by their ids alone: nothing that a sender chooses
/// becomes part of a path, and nothing in there is served or run by its name.
/// </summary>
public sealed class FileStore
{
    /// <summary>The largest file, whatever a field or an administrator allows.</summary>
    public const int MaxMegabytes = 100;

    /// <summary>The largest file where a field does not say.</summary>
    public const int UsualMegabytes = 25;

    /// <summary>What one person may have uploaded without saving the record that it is for.</summary>
    public const int MaxWaitingMegabytes = 1000;

    private readonly CrmProcess _process;
    private readonly FileRows _rows;
    private readonly TimeProvider _clock;

    internal FileStore(CrmProcess process, FileRows rows, TimeProvider clock) => (_process, _rows, _clock) = (process, rows, clock);

    private string Root => Path.Combine(_process.DataDirectory, "files");

    /// <summary>The largest file that a field takes, in MB.</summary>
    public static int MegabytesOf(FieldDefinition field) => (int)(field.Max ?? UsualMegabytes);

    /// <summary>Takes a file in, to be saved as a value of a record within a day by the same person.</summary>
    /// <param name="field">What it is for: of a file that is larger than that takes, no more is read.</param>
    /// <exception cref="FileRefusedException">It is empty, too large or a program.</exception>
    public async Task<StoredFile> AddAsync(FieldDefinition field, string? name, Stream content, CancellationToken cancellationToken)
    {
        var clean = FileNames.Clean(name);
        if (FileNames.IsProgram(clean))
            throw new FileRefusedException(new("{0}: programs cannot be attached", clean));
        if (await _rows.WaitingAsync(cancellationToken) > (long)MaxWaitingMegabytes << 20)
            throw new FileRefusedException(new("You have uploaded many files without saving what they are for. Try again tomorrow"));
        var id = Guid.CreateVersion7();
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(id))!);
        var isWhole = false;
        try
        {
            var start = new byte[FileSignature.Length];
            long size;
            await using (var file = new FileStream(PathOf(id), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await CopyAsync(field, content, file, clean, cancellationToken);
                size = file.Length;
                file.Position = 0;
                await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
                file.Flush(flushToDisk: true);
            }
            if (size == 0)
                throw new FileRefusedException(new("{0} is empty", clean));
            var stored = new StoredFile(id, clean, FileSignature.MediaType(start), size);
            await _rows.AddAsync(stored, cancellationToken);
            isWhole = true;
            return stored;
        }
        finally
        {
            if (!isWhole)
                File.Delete(PathOf(id));
        }
    }

    /// <summary>Where a file's bytes are; null when they are lost. Whether the reader may see them is for the caller to know.</summary>
    public string? Find(Guid id) => File.Exists(PathOf(id)) ? PathOf(id) : null;

    /// <summary>A file that a record has or once had; null for any other.</summary>
    public async Task<StoredFile?> FindAsync(Guid id, Guid record, CancellationToken cancellationToken)
        => (await _rows.FindAsync([id], cancellationToken)).GetValueOrDefault(id) is { } row && row.Record == record ? row.File : null;

    /// <summary>Removes what nobody has: files of purged records, uploads that were never saved, and bytes without an entry.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = _clock.GetUtcNow().UtcDateTime.AddDays(-1);
        while (await _rows.ReadGoneAsync(before, 500, cancellationToken) is { Count: > 0 } gone)
            foreach (var id in gone)
                // Bytes that stay behind are without an entry, and go the next night.
                if (await _rows.RemoveGoneAsync(id, before, cancellationToken))
                    File.Delete(PathOf(id));
        if (!Directory.Exists(Root))
            return;
        foreach (var some in new DirectoryInfo(Root).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.LastWriteTimeUtc < before).Chunk(500))
        {
            var ids = some.Select(f => Guid.TryParseExact(f.Name, "N", out var id) ? id : Guid.Empty).ToList();
            var known = await _rows.FindAsync(ids, cancellationToken);
            for (var i = 0; i < some.Length; i++)
                if (ids[i] != Guid.Empty && !known.ContainsKey(ids[i]))
                    some[i].Delete();
        }
    }

    private static async Task CopyAsync(FieldDefinition field, Stream content, FileStream file, string name, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (file.Length + read > (long)MegabytesOf(field) << 20)
                throw FileRefusedException.TooLarge(name, field);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private string PathOf(Guid id)
    {
        var name = id.ToString("N");
        return Path.Combine(Root, name[^2..], name);
    }
}

/// <summary>A file that is not taken, with the reason for whoever sent it.</summary>
public sealed class FileRefusedException(Message reason) : Exception(reason.ToString())
{
    public Message Reason { get; } = reason;

    public bool IsTooLarge { get; private init; }

    /// <summary>More than a field takes.</summary>
    public static FileRefusedException TooLarge(string name, FieldDefinition field)
        => new(new("{0} is larger than {1} MB", FileNames.Clean(name), FileStore.MegabytesOf(field))) { IsTooLarge = true };
}
