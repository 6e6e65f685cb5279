using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Contents.Lists;

/// <param name="Mode"><see cref="ListAddress.Board"/>, or null for a list.</param>
/// <param name="CanChange">Whether the reader may change it.</param>
internal sealed record SavedView(Guid Id, string Name, string? Filter, string? Sort, string? Columns, string? Group, string? Mode, string Visibility, Guid? Team, bool IsMine, bool CanChange, long Version);

/// <summary>
/// The views of lists, as far as a reader is meant to see them: his own, those for everybody and those for his teams.
/// They are read with the system's rights, because a view itself says who sees it; no scope can.
/// </summary>
internal sealed class SavedViews(QueryEngine queries, IContentManager content, ActorContext actor)
{
    private const int Most = 200;

    public async Task<IReadOnlyList<SavedView>> ReadAsync(ContentTypeDefinition type, CancellationToken cancellationToken)
        => await FindAsync(Filter.Eq("list", type.Name), cancellationToken);

    /// <summary>Null when there is none of this type that the reader is meant to see.</summary>
    public async Task<SavedView?> FindAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
        => (await FindAsync(Filter.And(Filter.Eq("list", type.Name), Filter.Eq(SystemFields.Id, id)), cancellationToken)) is [var view] ? view : null;

    /// <summary>Changes one, or makes one of one's own.</summary>
    /// <exception cref="ArgumentException">The reader may not change or share it; the caller has to ask first.</exception>
    public Task<SaveResult> SaveAsync(SavedView? view, IReadOnlyDictionary<string, string?> texts, Guid? team, CancellationToken cancellationToken)
    {
        if (view is { CanChange: false } || texts.GetValueOrDefault("visibility") is ViewType.Team or ViewType.Everybody && !CanShare)
            throw new ArgumentException("This view is not theirs to change.", nameof(view));
        var change = new ContentChange(ViewType.Name) { Id = view?.Id, Version = view?.Version, Texts = new(texts) };
        if (texts.ContainsKey("visibility"))
            change.Values[SystemFields.Team] = team;
        return actor.AsSystemAsync(() => content.SaveAsync(change, SaveOptions.Default, cancellationToken));
    }

    public Task<SaveResult> DeleteAsync(SavedView view, CancellationToken cancellationToken)
        => view.CanChange
            ? actor.AsSystemAsync(() => content.DeleteAsync(ViewType.Name, view.Id, null, cancellationToken))
            : throw new ArgumentException("This view is not theirs to delete.", nameof(view));

    public bool CanShare => actor.Current.Can(ContentsPermissions.ShareViews);

    private async Task<IReadOnlyList<SavedView>> FindAsync(Filter which, CancellationToken cancellationToken)
    {
        var (me, teams) = (actor.Current.UserId, actor.Current.Teams);
        var seen = new OrFilter(
        [
            Filter.Eq("visibility", ViewType.Everybody),
            .. me is null ? [] : new Filter[] { Filter.Eq(SystemFields.Owner, me) },
            .. teams.Count == 0 ? [] : new Filter[] { Filter.And(Filter.Eq("visibility", ViewType.Team), Filter.In(SystemFields.Team, teams.Select(t => (object?)t))) },
        ]);
        var page = await actor.AsSystemAsync(() => queries.ListAsync(new Query(ViewType.Name) { Where = Filter.And(which, seen), Sort = ["name"], Take = Most }, cancellationToken));
        return [.. page.Items.Select(Read)];
    }

    private SavedView Read(ContentItem item)
    {
        var isMine = item.Owner is { } owner && owner == actor.Current.UserId;
        var visibility = item.Get<string>("visibility") ?? ViewType.Private;
        return new(item.Id, item.DisplayText, item.Get<string>("filter"), item.Get<string>("sort"), item.Get<string>("columns"), item.Get<string>("group"), item.Get<string>("mode"),
            visibility, item.Team, isMine, isMine || visibility != ViewType.Private && CanShare, item.Version);
    }
}
