using System.Globalization;

namespace Crm.Benchmarks;

internal sealed record BenchmarkPlan(int Customers, int Clients, int Requests, int Fields, TimeSpan WarmUp, string Only)
{
    /// <summary>Requests of one client while nobody else asks.</summary>
    public int Alone => Math.Min(Requests, 24);

    public bool Wants(string measure) => measure.Contains(Only, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What was measured, a row per measure and database.</summary>
internal sealed class ResultTable
{
    private readonly List<string[]> _rows = [["database", "measure", "alone", "p50", "p95", "per second"]];

    public void Add(string database, string measure, IReadOnlyList<double> alone, IReadOnlyList<double> together, double seconds)
        => Add([database, measure, Percentile(alone, 50), Percentile(together, 50), Percentile(together, 95), (together.Count / seconds).ToString("N0", CultureInfo.InvariantCulture)]);

    public void Add(string database, string measure, string value) => Add([database, measure, "", "", "", value]);

    private void Add(string[] row)
    {
        _rows.Add(row);
        Console.Error.WriteLine(string.Join("  ", row));
    }

    public void Print(TextWriter output)
    {
        var widths = Enumerable.Range(0, _rows[0].Length).Select(i => _rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in _rows)
            output.WriteLine("| " + string.Join(" | ", row.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))) + " |");
    }

    private static string Percentile(IReadOnlyList<double> milliseconds, int percent)
        => milliseconds.Order().ElementAt(Math.Min(milliseconds.Count - 1, milliseconds.Count * percent / 100)).ToString("0.0 'ms'", CultureInfo.InvariantCulture);
}
