using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Records;

namespace Crm.Platform.Queries;

/// <summary>
/// Which index a query is to start from, where the planner has to be told. SQLite weighs neither how many records one
/// value has nor that a page needs only the first fifty.
/// </summary>
/// <param name="IsChosen">Otherwise the planner chooses.</param>
/// <param name="By">The condition that gives few records.</param>
/// <param name="ByScope">The reader may see few records.</param>
/// <param name="Through">A condition beyond a look-up that few of its records meet.</param>
internal sealed record AccessPath(bool IsChosen, Filter? By = null, bool ByScope = false, CompareFilter? Through = null)
{
    /// <summary>The planner chooses.</summary>
    public static AccessPath Free { get; } = new(false);

    /// <summary>Some records from all over the table and no others, to tell how many of all meet a condition.</summary>
    /// <param name="last">The number of the table's last row, which SQLite gives each.</param>
    /// <param name="count">So many rows, fewer where some are gone.</param>
    public static AccessPath Sample(long last, int count)
        // Steps of the golden ratio come near every place and follow no rhythm that the records may have.
        => new(true) { Rows = [.. Enumerable.Range(1, count).Select(i => 1 + (long)(i * 0.6180339887498949 % 1 * last))] };

    /// <summary>Nothing gives few records.</summary>
    public static AccessPath Open { get; } = new(false) { IsOpen = true };

    /// <summary>The sort's index is followed, if there is one.</summary>
    public bool IsOpen { get; init; }

    /// <summary>
    /// What else gives not too many records, should the sort's index be followed for long in vain: what has the text may
    /// all come late in the list's order, as Chinese names do after Latin ones.
    /// </summary>
    public AccessPath? Otherwise { get; init; }

    /// <summary>
    /// The conditions each give many records and may together give hardly any: should the sort's index be followed for very
    /// long in vain, <see cref="AccessPathFinder.FindOtherwiseAsync"/> tells where else to start.
    /// </summary>
    public bool MayBeInVain { get; init; }

    /// <summary>The rows of a sample; null for all.</summary>
    public IReadOnlyList<long>? Rows { get; private init; }

    public AccessPath SortedBy(QueryCompiler.Resolved sort, FieldKinds kinds)
        => !IsOpen ? this : (sort.Alias == "t" && AccessPathFinder.HasIndex(sort.Type, sort.Field, kinds) ? new AccessPath(true) { MayBeInVain = MayBeInVain } : Free) with { Otherwise = Otherwise };

    /// <summary>Few records come from an index and are sorted, instead of following the sort's index.</summary>
    public bool IsDriven => By is not null || ByScope || Through is not null;
}

/// <summary>Asks the indexes how many records each condition leaves, up to a limit.</summary>
internal sealed class AccessPathFinder(DbSession session, QueryLimits limits, Func<QueryCompiler> compiler)
{
    /// <summary>More are no shorter way than the list's order.</summary>
    private const long Most = 300_000;

    /// <summary>Each record of the target may be pointed to by several.</summary>
    private const long FewBeyond = 400;

    private const int MostAsked = 8;

    /// <param name="part">See <see cref="Query.Part"/>.</param>
    public async Task<AccessPath> FindAsync(Filter? where, Filter? part, CancellationToken cancellationToken)
    {
        var root = compiler();
        var conditions = Conditions(where);
        // Ids are unique, and planners know.
        if (conditions.Any(c => c is CompareFilter { Path: SystemFields.Id, Operator: FilterOperator.Equal } or InFilter { Path: SystemFields.Id }))
            return AccessPath.Free;
        var best = AccessPath.Open;
        foreach (var search in conditions.OfType<QuickSearchFilter>())
            if (root.PiecedCount(search) is { } found && await HowManyAsync(found, cancellationToken) is var count && count <= limits.Many)
            {
                var by = new AccessPath(true, By: search);
                if (count <= limits.Few)
                    return by;
                best = AccessPath.Open with { Otherwise = by };
            }
        // What has one option may all come late in another field's order: those never filled in lack the one and the other.
        if (part is not null && best.Otherwise is null && await HowManyAsync(new SqlText("SELECT 1").Append(compiler().Among(part)), cancellationToken) <= limits.Many)
            best = AccessPath.Open with { Otherwise = new AccessPath(true, By: part) };
        // PostgreSQL's planner knows how frequent values are, and what a limit means.
        if (session.Dialect.NoIndex.Length == 0)
            return best;
        if (await FewestAsync(root, conditions, limits.Few, cancellationToken) is { } few)
            return few;
        // A record without a look-up has an empty field beyond it, too.
        foreach (var condition in conditions.OfType<CompareFilter>().Where(c => IsSearchable(c) && c.Value is not null).Take(MostAsked))
            if (compiler().Beyond(condition) is { } beyond && HasIndex(beyond.Type, beyond.Field, root.Kinds)
                && await CountAsync(beyond.Records, FewBeyond + 1, cancellationToken) <= FewBeyond)
                return new AccessPath(true, Through: condition);
        return best with { MayBeInVain = conditions.Count > 0 };
    }

    /// <summary>From what gives the fewest records, when following the sort's index was in vain; that index to its end, where nothing gives less than most.</summary>
    public async Task<AccessPath> FindOtherwiseAsync(Filter? where, CancellationToken cancellationToken)
        => await FewestAsync(compiler(), Conditions(where), Most, cancellationToken) ?? AccessPath.Open;

    /// <summary>From what gives the fewest records; null when nothing gives so few.</summary>
    private async Task<AccessPath?> FewestAsync(QueryCompiler root, IReadOnlyList<Filter> conditions, long limit, CancellationToken cancellationToken)
    {
        var (best, least) = ((AccessPath?)null, limit + 1);
        foreach (var condition in conditions.Where(c => IsIndexed(root, c)).Take(MostAsked))
            if (await CountAsync(compiler().Among(condition), least, cancellationToken) is var count && count < least)
                (best, least) = (new AccessPath(true, By: condition), count);
        return root.IsScoped && await CountAsync(new SqlText(" FROM (").Append(root.Scope.Reach(root.Root)).Append(") r"), least, cancellationToken) < least
            ? new AccessPath(true, ByScope: true)
            : best;
    }

    private static IReadOnlyList<Filter> Conditions(Filter? where) => where switch
    {
        null => [],
        AndFilter and => and.Filters,
        _ => [where],
    };

    public static bool HasIndex(ContentTypeDefinition type, FieldDefinition field, FieldKinds kinds)
        => field.Name == SystemFields.Id || field.Name == type.DisplayField || FieldIndexes.Of(type, kinds).Contains(field.Name);

    private static bool IsIndexed(QueryCompiler root, Filter filter) => filter switch
    {
        CompareFilter compare => IsSearchable(compare) && IsIndexed(root, compare.Path),
        InFilter { Values.Count: > 0 } list => IsIndexed(root, list.Path),
        OrFilter { Filters.Count: > 0 and < MostAsked } or => or.Filters.All(f => f is not OrFilter && IsIndexed(root, f)),
        _ => false,
    };

    private static bool IsIndexed(QueryCompiler root, string path)
        => root.Root.FindColumn(path) is { Hidden: false } field && HasIndex(root.Root, field, root.Kinds);

    private static bool IsSearchable(CompareFilter filter)
        => filter.Operator is not (FilterOperator.NotEqual or FilterOperator.Contains or FilterOperator.EndsWith);

    private async Task<long> HowManyAsync(SqlText found, CancellationToken cancellationToken)
        => await session.EstimateAsync(found, cancellationToken) > 10 * limits.Many ? long.MaxValue : await CountAsync(new SqlText(" FROM (").Append(found).Append(") f"), limits.Many + 1, cancellationToken);

    private Task<long> CountAsync(SqlText rows, long limit, CancellationToken cancellationToken)
        => session.CountAsync(new SqlText("SELECT COUNT(*) FROM (SELECT 1").Append(rows).Append(" LIMIT ").Append(ColumnType.Integer, limit).Append(") c"), cancellationToken);
}
