using System.Globalization;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.Search.Indexing;

/// <summary>
/// The next piece of work on this node's index: the changes that came since, then a part of what has to be indexed
/// anew. All of it by one writer, one piece after the other: a record is always read after the last change to it that
/// is in the index.
/// </summary>
internal sealed class IndexStep(SearchIndex index, IndexRun run, RecordDocuments documents, ContentDefinitions definitions, FieldKinds kinds, QueryEngine queries, ChangeLog log, Rebuilds rebuilds, TimeProvider clock)
{
    private const int BatchSize = 500;

    /// <returns>Whether there is more to do.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (!run.IsStarted)
            await StartAsync(cancellationToken);
        var changes = await log.ReadAfterAsync(index.State.Position, BatchSize, cancellationToken);
        if (changes.Count > 0)
            await FollowAsync(changes, cancellationToken);
        await PlanAsync(cancellationToken);
        await IndexPageAsync(cancellationToken);
        return changes.Count == BatchSize || run.Current is not null;
    }

    /// <summary>An index of another database, or of one that was set back, says nothing about this one.</summary>
    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var state = index.State;
        if (state.Position > 0 && (await AtAsync(state.Position, cancellationToken))?.BatchId != state.Anchor)
        {
            index.RemoveAll();
            state = index.State;
        }
        if (state.Position == 0 && await log.LastSequenceAsync(cancellationToken) is > 0 and var last)
            // Everything is going to be read anyway.
            index.Show(state with { Position = last, Anchor = (await AtAsync(last, cancellationToken))?.BatchId });
        run.Start();
    }

    private async Task<Change?> AtAsync(long sequence, CancellationToken cancellationToken)
        => await log.ReadAfterAsync(sequence - 1, 1, cancellationToken) is [var change] && change.Sequence == sequence ? change : null;

    private async Task FollowAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        var types = index.State.Types;
        foreach (var group in changes.GroupBy(c => c.ContentType, StringComparer.OrdinalIgnoreCase))
        {
            if (definitions.Current.Find(group.Key) is not { } type)
            {
                // Its feature is off, or this site is about to be replaced by one that knows it: indexed anew once it is known.
                types = new(types);
                types.Remove(group.Key);
                continue;
            }
            var gone = group.Select(c => c.RecordId).ToHashSet();
            await foreach (var (id, document) in documents.ReadAsync(TypePlan.Of(type, kinds), gone.ToList(), run.Of(type.Name), cancellationToken))
            {
                index.Put(IndexFields.KeyOf(type.Name, id), document);
                gone.Remove(id);
            }
            foreach (var id in gone)
                index.Remove(IndexFields.KeyOf(type.Name, id));
        }
        index.Show(index.State with { Position = changes[^1].Sequence, Anchor = changes[^1].BatchId, Types = types });
        await FollowNamesAsync(changes, cancellationToken);
        run.IsDirty = true;
    }

    /// <summary>Records are also found by the names of those they are linked to, so a new name is theirs too.</summary>
    private async Task FollowNamesAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var group in changes.Where(c => c.Kind == ChangeKind.Updated).GroupBy(c => c.ContentType, StringComparer.OrdinalIgnoreCase))
        {
            if (definitions.Current.Find(group.Key) is not { } type)
                continue;
            var renamed = group.Where(c => c.Fields.ContainsKey(type.DisplayField)).Select(c => c.RecordId).Distinct().ToList();
            foreach (var (other, field) in definitions.Current.PointingTo(type.Name))
            {
                var plan = TypePlan.Of(other, kinds);
                if (renamed.Count == 0 || !plan.Fields.Any(f => f.Role == FieldRole.Link && f.Field.Name == field.Name))
                    continue;
                var pointing = new Query(other.Name) { Where = Filter.In(field.Name, renamed.Cast<object?>()), Columns = [], Sort = [SystemFields.Id] };
                var ids = new List<Guid>();
                await foreach (var item in queries.StreamAsync(pointing, cancellationToken))
                    ids.Add(item.Id);
                await foreach (var (id, document) in documents.ReadAsync(plan, ids, run.Of(other.Name), cancellationToken))
                    index.Put(IndexFields.KeyOf(other.Name, id), document);
            }
        }
        index.Show(index.State);
    }

    /// <summary>Finds out which types have to be indexed anew, when definitions changed or a rebuild was asked for.</summary>
    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        var request = await rebuilds.LastAsync(cancellationToken);
        if (request > run.Rebuild)
        {
            run.Rebuild = request;
            // A new index is built anyway.
            if (request > index.State.Rebuild)
                index.Show(index.State with { Types = [] });
            run.Restart();
        }
        if (ReferenceEquals(run.Definitions, definitions.Current) && ReferenceEquals(run.Planned, index.State.Types))
            return;
        foreach (var type in definitions.Current.Types.Where(t => !run.Waiting(t.Name)))
        {
            var plan = TypePlan.Of(type, kinds);
            if (!index.State.Types.TryGetValue(type.Name, out var indexed) || plan.Differs(indexed) || await AnyInAsync(type, plan.NewFields(indexed), cancellationToken))
                run.Add(type.Name, (await queries.CountAsync(type.Name, null, cancellationToken, exact: true)).Count);
            else
                Remember(type.Name, plan.ToMarks());
        }
        (run.Definitions, run.Planned) = (definitions.Current, index.State.Types);
        if (run.Current is null && (index.State.CompleteAt is null || index.State.Rebuild < run.Rebuild))
            Complete();
    }

    /// <summary>A field that nobody has filled in yet changes nothing.</summary>
    private async Task<bool> AnyInAsync(ContentTypeDefinition type, IEnumerable<FieldDefinition> fields, CancellationToken cancellationToken)
    {
        foreach (var field in fields)
            if ((await queries.ListAsync(new Query(type.Name) { Where = new CompareFilter(field.Name, FilterOperator.NotEqual, null), Columns = [], Take = 1, Sort = [SystemFields.Id] }, cancellationToken)).Items.Count > 0)
                return true;
        return false;
    }

    private async Task IndexPageAsync(CancellationToken cancellationToken)
    {
        if (run.Current is not { } name)
            return;
        if (definitions.Current.Find(name) is { } type)
        {
            var plan = TypePlan.Of(type, kinds);
            // What is so when the run begins: a definition that changes meanwhile is found different afterwards.
            run.Marks = run.After is null ? plan.ToMarks() : run.Marks;
            var (page, next) = await documents.ReadPageAsync(plan, run.After, BatchSize, run.Of(name), cancellationToken);
            foreach (var document in page)
                index.Put(document.Get(IndexFields.Key, CultureInfo.InvariantCulture), document);
            run.IsDirty = true;
            run.Done += page.Count;
            run.After = next;
            if (next is null)
            {
                index.RemoveOthers(name, run.Of(name));
                Remember(name, run.Marks);
            }
            index.Show(index.State);
        }
        if (run.After is null && run.Next() is null)
            Complete();
        index.Progress = run.Progress;
    }

    private void Remember(string type, Dictionary<string, string> marks)
    {
        if (index.State.Types.TryGetValue(type, out var known) && known.Count == marks.Count && marks.All(m => known.GetValueOrDefault(m.Key) == m.Value))
            return;
        index.State = index.State with { Types = new(index.State.Types) { [type] = marks } };
        run.IsDirty = true;
    }

    private void Complete()
    {
        index.Show(index.State with { CompleteAt = clock.GetUtcNow().UtcDateTime, Rebuild = Math.Max(run.Rebuild, index.State.Rebuild) });
        run.IsDirty = run.IsUrgent = true;
    }
}
