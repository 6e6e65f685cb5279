using System.CommandLine;
using Crm.Platform.Data;

namespace Crm.Benchmarks;

internal static class BenchmarkProgram
{
    public static async Task<int> Main(string[] args)
    {
        var customers = new Option<int>("--customers") { Description = "How many customers to seed", DefaultValueFactory = _ => 10_000 };
        var clients = new Option<int>("--clients") { Description = "Concurrent clients", DefaultValueFactory = _ => 8 };
        var requests = new Option<int>("--requests") { Description = "Requests per measure", DefaultValueFactory = _ => 400 };
        var postgres = new Option<string?>("--postgres") { Description = "Connection string of a PostgreSQL server; without it only SQLite is measured" };
        var command = new RootCommand("Seeds a site with customers and prints how long pages and writes take, as p50 and p95 of the time that a client waits.")
        {
            customers, clients, requests, postgres,
        };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var table = new ResultTable();
            var plan = new BenchmarkPlan(arguments.GetValue(customers), arguments.GetValue(clients), arguments.GetValue(requests));
            await Benchmark.RunAsync(DatabaseProvider.Sqlite, null, plan, table, cancellationToken);
            if (arguments.GetValue(postgres) is { } server)
                await Benchmark.RunAsync(DatabaseProvider.Postgres, server, plan, table, cancellationToken);
            table.Print(Console.Out);
        });
        return await command.Parse(args).InvokeAsync();
    }
}
