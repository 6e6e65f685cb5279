namespace Crm.Reports.Engine;

/// <summary>What is needed to tell one figure of one group, so that groups can be added up afterwards.</summary>
internal sealed class Tally
{
    private decimal _sum;
    private long _count;

    /// <summary>Medians do not add up: of groups together it is null until <see cref="Groups.ReadTogetherAsync"/> has asked for it.</summary>
    public decimal? Median { get; set; }

    public void Add(decimal sum, long count)
    {
        _sum += sum;
        _count += count;
    }

    public void Add(Tally other) => Add(other._sum, other._count);

    public decimal? ValueOf(FigureKind kind) => kind switch
    {
        FigureKind.Count => _count,
        FigureKind.Average => _count == 0 ? null : _sum / _count,
        FigureKind.Median => Median,
        _ => _sum,
    };
}
