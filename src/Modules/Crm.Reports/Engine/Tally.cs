namespace Crm.Reports.Engine;

/// <summary>What is needed to tell one figure of one group, so that groups can be added up afterwards.</summary>
internal sealed class Tally
{
    private SortedDictionary<decimal, long>? _spread;
    private decimal _sum;
    private long _count;

    public void Add(decimal sum, long count)
    {
        _sum += sum;
        _count += count;
    }

    /// <summary>So many records have this value.</summary>
    public void AddValue(decimal value, long count)
    {
        _spread ??= [];
        _spread[value] = _spread.GetValueOrDefault(value) + count;
        Add(value * count, count);
    }

    public void Add(Tally other)
    {
        Add(other._sum, other._count);
        foreach (var (value, count) in other._spread ?? [])
        {
            _spread ??= [];
            _spread[value] = _spread.GetValueOrDefault(value) + count;
        }
    }

    public decimal? ValueOf(FigureKind kind) => kind switch
    {
        FigureKind.Count => _count,
        FigureKind.Average => _count == 0 ? null : _sum / _count,
        FigureKind.Median => Median(),
        _ => _sum,
    };

    /// <summary>The value in the middle, or between the two in the middle.</summary>
    private decimal? Median()
    {
        if (_spread is null)
            return null;
        var (lower, upper) = ((_count - 1) / 2, _count / 2);
        decimal? first = null;
        var seen = 0L;
        foreach (var (value, count) in _spread)
        {
            seen += count;
            if (first is null && seen > lower)
                first = value;
            if (seen > upper)
                return (first + value) / 2;
        }
        return null;
    }
}
