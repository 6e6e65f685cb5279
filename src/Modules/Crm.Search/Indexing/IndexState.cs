using System.Text.Json;

namespace Crm.Search.Indexing;

/// <summary>
/// How far the index is. It is stored in each commit of the index itself, so that after a kill documents and place in
/// the change log fit each other.
/// </summary>
internal sealed record IndexState
{
    public const int CurrentFormat = 1;
    private const string Entry = "crm";

    public int Format { get; init; } = CurrentFormat;

    /// <summary>Sequence number of the last change that is in the index.</summary>
    public long Position { get; init; }

    /// <summary>That change's batch: in another database, or one restored from a back-up, another stands there.</summary>
    public Guid? Anchor { get; init; }

    /// <summary>What of each type was indexed; see <see cref="TypePlan"/>. A type that is not here has to be indexed.</summary>
    public Dictionary<string, Dictionary<string, string>> Types { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The last rebuild that was asked for and is done.</summary>
    public long Rebuild { get; init; }

    /// <summary>When all types had been indexed.</summary>
    public DateTime? CompleteAt { get; init; }

    public Dictionary<string, string> ToCommit() => new() { [Entry] = JsonSerializer.Serialize(this) };

    public static IndexState? From(IDictionary<string, string>? commit)
        => commit is not null && commit.TryGetValue(Entry, out var json) ? JsonSerializer.Deserialize<IndexState>(json) : null;
}
