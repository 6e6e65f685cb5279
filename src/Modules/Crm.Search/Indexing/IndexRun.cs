using Crm.Platform.Content;

namespace Crm.Search.Indexing;

/// <summary>What the writer of the index has before it; forgotten when it stops, and found out again by the next.</summary>
internal sealed class IndexRun
{
    private readonly Queue<string> _types = new();
    private readonly Dictionary<string, string> _runs = new(StringComparer.OrdinalIgnoreCase);
    private long _total;

    public bool IsStarted { get; private set; }

    /// <summary>The type that is being indexed.</summary>
    public string? Current => _types.TryPeek(out var type) ? type : null;

    /// <summary>Where its next page starts.</summary>
    public string? After { get; set; }

    /// <summary>What of the type was indexed when its first page was read.</summary>
    public Dictionary<string, string> Marks { get; set; } = [];

    public long Done { get; set; }

    /// <summary>The rebuild that was asked for last.</summary>
    public long Rebuild { get; set; }

    public DefinitionSet? Definitions { get; set; }

    public object? Planned { get; set; }

    /// <summary>Whether there is something to commit, and whether at once.</summary>
    public bool IsDirty { get; set; }

    public bool IsUrgent { get; set; }

    public IndexProgress? Progress => Current is { } type ? new IndexProgress(type, Done, Math.Max(_total, Done)) : null;

    public void Start()
    {
        Restart();
        (IsStarted, Rebuild) = (true, 0);
    }

    public void Restart()
    {
        _types.Clear();
        _runs.Clear();
        (After, Done, _total, Definitions, Planned) = (null, 0, 0, null, null);
    }

    public bool Waiting(string type) => _types.Contains(type, StringComparer.OrdinalIgnoreCase);

    public void Add(string type, long records)
    {
        _types.Enqueue(type);
        _runs[type] = Guid.NewGuid().ToString("N");
        _total += records;
    }

    /// <summary>The mark of documents of a type that are written now.</summary>
    public string Of(string type) => _runs.GetValueOrDefault(type, "0");

    public string? Next()
    {
        _types.Dequeue();
        After = null;
        if (_types.Count == 0)
            (Done, _total) = (0, 0);
        return Current;
    }

    public void Stop() => IsStarted = false;
}
