using Crm.Platform.Changes;
using Crm.Platform.Hosting;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Store;
using Lucene.Net.Util;
using Microsoft.Extensions.Logging;

namespace Crm.Search.Indexing;

/// <summary>A type on its way into the index.</summary>
/// <param name="Total">Records of all types that are waiting and of those that are done.</param>
internal sealed record IndexProgress(string Type, long Done, long Total);

/// <summary>
/// This node's index, a folder of the node's own. One site of one process writes it at a time, whoever holds
/// Lucene's lock; until then, and without it, it is read as it was last committed.
/// </summary>
internal sealed class SearchIndex(CrmProcess process, ILogger<SearchIndex> logger) : IDisposable
{
    private readonly System.Threading.Lock _lock = new();
    private readonly Lazy<FSDirectory> _directory = new(() => FSDirectory.Open(FolderOf(process), new NativeFSLockFactory()));
    private IndexWriter? _writer;
    private SearcherManager? _searchers;
    private readonly Signal _moved = new();
    private volatile IndexState _state = new();

    public string Folder => FolderOf(process);

    public bool IsWriter => _writer is not null;

    public IndexState State
    {
        get => _state;
        set
        {
            _state = value;
            _moved.Notify();
        }
    }

    public IndexProgress? Progress { get; set; }

    /// <summary>Why the index is not kept up to date at the moment; null when all is well.</summary>
    public string? Problem { get; set; }

    private FSDirectory Directory => _directory.Value;

    /// <summary>Takes the lock and opens the index for writing; false while another site or process has it.</summary>
    public bool TryOpenWriter()
    {
        IndexWriter writer;
        try
        {
            writer = Open(OpenMode.CREATE_OR_APPEND);
        }
        catch (LockObtainFailedException)
        {
            return false;
        }
        catch (Exception e) when (e is CorruptIndexException or IndexFormatTooNewException or IndexFormatTooOldException or EndOfStreamException or FileNotFoundException)
        {
            logger.LogWarning(e, "The search index cannot be read and is made anew");
            writer = Open(OpenMode.CREATE);
        }
        if (IndexState.From(writer.CommitData) is not { Format: IndexState.CurrentFormat } state)
        {
            writer.DeleteAll();
            state = new IndexState();
        }
        Use(new SearcherManager(writer, applyAllDeletes: true, null), writer);
        State = state;
        return true;
    }

    /// <summary>The index as searches see it now; to be disposed. Null when there is none yet.</summary>
    public IndexView? Read()
    {
        lock (_lock)
        {
            if (_searchers is null)
            {
                if (!DirectoryReader.IndexExists(Directory))
                    return null;
                _searchers = new SearcherManager(Directory, null);
            }
            if (_writer is null)
            {
                _searchers.MaybeRefresh();
                var searcher = _searchers.Acquire();
                return new IndexView(_searchers, searcher, IndexState.From(((DirectoryReader)searcher.IndexReader).IndexCommit.UserData) ?? new IndexState());
            }
            // The state first: what a searcher knows can only be more.
            var state = State;
            return new IndexView(_searchers, _searchers.Acquire(), state);
        }
    }

    public void Put(string key, Lucene.Net.Documents.Document document) => Writer.UpdateDocument(new Term(IndexFields.Key, key), document);

    public void Remove(string key) => Writer.DeleteDocuments(new Term(IndexFields.Key, key));

    /// <summary>Removes what a run through all records of a type has not met.</summary>
    public void RemoveOthers(string type, string run) => Writer.DeleteDocuments(new BooleanQuery
    {
        { new TermQuery(new Term(IndexFields.Type, type)), Occur.MUST },
        { new TermQuery(new Term(IndexFields.Run, run)), Occur.MUST_NOT },
    });

    public void RemoveAll()
    {
        Writer.DeleteAll();
        Show(new IndexState());
    }

    /// <summary>Lets searches see what was written, and says how far it goes.</summary>
    public void Show(IndexState state)
    {
        _searchers!.MaybeRefreshBlocking();
        State = state;
    }

    /// <summary>Makes what was written, and the state that goes with it, outlast a kill.</summary>
    public void Commit()
    {
        Writer.SetCommitData(State.ToCommit());
        Writer.Commit();
    }

    /// <summary>Waits until the index holds a change.</summary>
    public async Task<bool> WaitAsync(long position, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        try
        {
            while (true)
            {
                var moved = _moved.Next;
                if (State.Position >= position)
                    return true;
                await moved.WaitAsync(patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Commits and gives the lock back. Searches go on with what there is.</summary>
    public void CloseWriter()
    {
        if (_writer is not { } writer)
            return;
        try
        {
            Commit();
        }
        finally
        {
            writer.Dispose();
            Use(new SearcherManager(Directory, null), null);
        }
    }

    /// <summary>Gives the lock back and forgets what was not committed.</summary>
    public void Abandon()
    {
        if (_writer is not { } writer)
            return;
        writer.Rollback();
        Use(null, null);
    }

    /// <summary>Size on disk in bytes.</summary>
    public long Size => System.IO.Directory.Exists(Folder) ? new DirectoryInfo(Folder).EnumerateFiles().Sum(f => f.Exists ? f.Length : 0) : 0;

    private IndexWriter Writer => _writer ?? throw new InvalidOperationException("The search index is not open for writing.");

    private IndexWriter Open(OpenMode mode) => new(Directory, new IndexWriterConfig(LuceneVersion.LUCENE_48, null)
    {
        OpenMode = mode,
        RAMBufferSizeMB = 32,
        WriteLockTimeout = 0,
    });

    private void Use(SearcherManager? searchers, IndexWriter? writer)
    {
        SearcherManager? old;
        lock (_lock)
            (old, _searchers, _writer) = (_searchers, searchers, writer);
        // Searchers in use live until they are given back.
        old?.Dispose();
    }

    public void Dispose()
    {
        CloseWriter();
        _searchers?.Dispose();
        if (_directory.IsValueCreated)
            _directory.Value.Dispose();
    }

    private static string FolderOf(CrmProcess process) => Path.Combine(process.NodeDirectory, "search");
}

/// <summary>The index at one moment.</summary>
internal sealed class IndexView(SearcherManager searchers, IndexSearcher searcher, IndexState state) : IDisposable
{
    public IndexSearcher Searcher => searcher;

    public IndexState State => state;

    public void Dispose() => searchers.Release(searcher);
}
