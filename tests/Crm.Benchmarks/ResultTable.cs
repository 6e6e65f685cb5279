using System.Globalization;

namespace Crm.Benchmarks;

internal sealed record BenchmarkPlan(int Customers, int Clients, int Requests, int Fields, string Only)
{
    public int WarmUp => Math.Min(Requests, 200);

    public bool Wants(string measure) => measure.Contains(Only, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What was measured, a row per measure and database.</summary>
internal sealed class ResultTable
{
    private readonly List<string[]> _rows = [["database", "measure", "p50", "p95", "per second"]];

    public void Add(string database, string measure, IReadOnlyList<double> milliseconds, double seconds)
    {
        var sorted = milliseconds.Order().ToList();
        Add([database, measure, Format(sorted[sorted.Count / 2]), Format(sorted[Math.Min(sorted.Count - 1, sorted.Count * 95 / 100)]),
            (milliseconds.Count / seconds).ToString("N0", CultureInfo.InvariantCulture)]);
    }

    public void Add(string database, string measure, string value) => Add([database, measure, "", "", value]);

    private void Add(string[] row)
    {
        _rows.Add(row);
        Console.Error.WriteLine(string.Join("  ", row));
    }

    public void Print(TextWriter output)
    {
        var widths = Enumerable.Range(0, 5).Select(i => _rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in _rows)
            output.WriteLine("| " + string.Join(" | ", row.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))) + " |");
    }

    private static string Format(double milliseconds) => milliseconds.ToString("0.0 'ms'", CultureInfo.InvariantCulture);
}
