using System.CommandLine;
using Crm.Platform.Data;

namespace Crm.Benchmarks;

internal static class BenchmarkProgram
{
    public static async Task<int> Main(string[] args)
    {
        var customers = new Option<int>("--customers") { Description = "How many customers to seed; contacts are half as many again", DefaultValueFactory = _ => 10_000 };
        var clients = new Option<int>("--clients") { Description = "Concurrent clients", DefaultValueFactory = _ => 8 };
        var requests = new Option<int>("--requests") { Description = "Requests per measure", DefaultValueFactory = _ => 400 };
        var warmUp = new Option<int>("--warm-up") { Description = "Seconds of requests before each measure, as code that runs often is compiled for speed", DefaultValueFactory = _ => 15 };
        var fields = new Option<int>("--fields") { Description = "Fields of a type with very many", DefaultValueFactory = _ => 200 };
        var postgres = new Option<string?>("--postgres") { Description = "Connection string of a PostgreSQL server; without it only SQLite is measured" };
        var only = new Option<DatabaseProvider?>("--only") { Description = "Sqlite or Postgres: the other one is left out" };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Folder in which the seeded data stay: the next run measures at once" };
        var measures = new Option<string?>("--measure") { Description = "Only measures whose name contains this" };
        var command = new RootCommand("Seeds a site through its own import and prints how long pages and writes take, as p50 and p95 of the time that a client waits.")
        {
            customers, clients, requests, warmUp, fields, postgres, only, data, measures,
        };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var table = new ResultTable();
            var plan = new BenchmarkPlan(arguments.GetValue(customers), arguments.GetValue(clients), arguments.GetValue(requests), arguments.GetValue(fields), TimeSpan.FromSeconds(arguments.GetValue(warmUp)), arguments.GetValue(measures) ?? "");
            var kept = arguments.GetValue(data);
            var folder = kept?.FullName ?? Directory.CreateTempSubdirectory("crm-bench-").FullName;
            try
            {
                foreach (var provider in Enum.GetValues<DatabaseProvider>())
                    if ((arguments.GetValue(only) ?? provider) == provider && (provider == DatabaseProvider.Sqlite || arguments.GetValue(postgres) is not null))
                        await RunAsync(new Site(provider, folder, arguments.GetValue(postgres)), plan, table, cancellationToken);
            }
            finally
            {
                table.Print(Console.Out);
                if (kept is null)
                    Directory.Delete(folder, recursive: true);
            }
        });
        return await command.Parse(args).InvokeAsync();
    }

    private static async Task RunAsync(Site site, BenchmarkPlan plan, ResultTable table, CancellationToken cancellationToken)
    {
        await new Seeding(site, plan, table).EnsureAsync(cancellationToken);
        await using var server = await site.StartAsync(cancellationToken);
        using var admin = await server.SignInAsync("admin", cancellationToken);
        await admin.GetAsync("/customers", cancellationToken);
        table.Add(site.Name, "start to first list", $"{server.Started.Elapsed.TotalSeconds:0.0} s");
        await server.UntilIdleAsync(cancellationToken);
        using var seller = await server.SignInAsync(Seeding.TeamSeller, cancellationToken);
        using var program = new Client(server.Address);
        program.UseToken((await site.CommandAsync(["token", "create", "--user", "admin"], cancellationToken)).Trim());
        await new Measuring(site, plan, table, admin, seller, program).RunAsync(cancellationToken);
        table.Add(site.Name, "resident memory after that", $"{server.ResidentMegabytes:N0} MB");
        if (plan.Wants("import"))
            await new Seeding(site, plan, table).ImportMoreAsync(cancellationToken);
    }
}
