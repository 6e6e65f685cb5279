using System.Diagnostics;
using System.Globalization;

namespace Crm.Benchmarks;

/// <summary>Fills a site as people would: forms for its fields, the import command for its records.</summary>
internal sealed class Seeding(Site site, BenchmarkPlan plan, ResultTable table)
{
    /// <summary>Sees the customers of one team only, which are few.</summary>
    public const string TeamSeller = "teamseller";

    private string Marker => Path.Combine(site.Folder, "seeded");

    private string File(string name) => Path.Combine(site.Files, name);

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (System.IO.File.Exists(Marker))
            return;
        if (!System.IO.File.Exists(File("contacts.csv")))
            await new MadeUpRecords().WriteAsync(site.Files, plan.Customers, plan.Customers * 3 / 2);
        await site.CreateDatabaseAsync(cancellationToken);
        await using (var server = await site.StartAsync(cancellationToken))
        {
            using var admin = await server.SignInAsync("admin", cancellationToken);
            await AddFieldsAsync(admin, cancellationToken);
        }
        await AddPeopleAsync(cancellationToken);
        await ImportAsync("customers", File("customers.csv"), plan.Customers, "", cancellationToken);
        await ImportAsync("contacts", File("contacts.csv"), plan.Customers * 3 / 2, "", cancellationToken);
        await System.IO.File.WriteAllTextAsync(Marker, "", cancellationToken);
    }

    /// <summary>What an import into tables costs that are full already.</summary>
    public async Task ImportMoreAsync(CancellationToken cancellationToken)
    {
        var more = Math.Clamp(plan.Customers, 1000, 25_000);
        var folder = Directory.CreateTempSubdirectory("crm-bench-more-").FullName;
        try
        {
            await new MadeUpRecords().WriteAsync(folder, more, 0);
            await ImportAsync("customers", Path.Combine(folder, "customers.csv"), more, "further ", cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task ImportAsync(string type, string file, int rows, string word, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await site.CommandAsync(["import", type, file], cancellationToken);
        table.Add(site.Name, $"import of {rows:N0} {word}{type}", $"{rows / watch.Elapsed.TotalSeconds:N0} rows/s");
    }

    private static async Task AddFieldsAsync(Client admin, CancellationToken cancellationToken)
    {
        const string forms = "/admin/content-types/customers/fields/new?kind=number";
        await admin.PostAsync(forms, await admin.TokenAsync(forms, cancellationToken), new() { ["labelEn"] = "Score", ["labelZh"] = "评分", ["name"] = "score" }, cancellationToken);
    }

    private async Task AddPeopleAsync(CancellationToken cancellationToken)
    {
        var roles = Path.Combine(site.Folder, "roles.csv");
        await System.IO.File.WriteAllTextAsync(roles, "name,permissions\nTeam sales,\"{\"\"customers.view\"\":\"\"team\"\",\"\"contacts.view\"\":\"\"team\"\"}\"\n", cancellationToken);
        await site.CommandAsync(["import", "roles", roles, "--key", "name"], cancellationToken);
        await site.CommandAsync(["user", "create", "--user-name", TeamSeller, "--email", "team@example.com", "--role", "Team sales", "--team", "North", "--password", Site.Password, "--no-change"], cancellationToken);
    }

    /// <summary>A type with very many fields, all of them filled in a hundred records.</summary>
    public static async Task<string> AddWideTypeAsync(Client admin, int fields, CancellationToken cancellationToken)
    {
        const string name = "wideRecords";
        if (await admin.IsThereAsync($"/{name}", cancellationToken))
            return name;
        const string types = "/admin/content-types/new";
        var token = await admin.TokenAsync(types, cancellationToken);
        await admin.PostAsync(types, token, new() { ["labelEn"] = "Wide thing", ["labelZh"] = "宽", ["pluralEn"] = "Wide things", ["pluralZh"] = "宽", ["name"] = name }, cancellationToken);
        // A kind, and what records have in it.
        (string Kind, Func<int, string> Text)[] kinds =
        [
            ("text", i => $"Text {i}"), ("number", i => $"{i}"), ("date", i => $"2026-{1 + (i % 12):00}-{1 + (i % 28):00}"), ("yesNo", i => i % 2 == 0 ? "true" : "false"),
            ("money", i => $"{i}"), ("email", i => $"person{i}@example.com"), ("rating", i => $"{1 + (i % 5)}"), ("longText", i => $"Some words about {i}"),
        ];
        for (var i = 0; i < fields; i++)
            await admin.PostAsync($"/admin/content-types/{name}/fields/new?kind={kinds[i % kinds.Length].Kind}", token, new()
            {
                ["labelEn"] = $"Field {i}",
                ["labelZh"] = $"字段 {i}",
                ["name"] = $"field{i.ToString(CultureInfo.InvariantCulture)}",
                ["inList"] = i < 10 ? "true" : "false",
            }, cancellationToken);
        for (var i = 0; i < 100; i++)
            await admin.PostAsync($"/{name}/new", token, new(Enumerable.Range(0, fields).Select(f => KeyValuePair.Create($"field{f}", kinds[f % kinds.Length].Text(i + f)))) { ["name"] = $"Wide {i}" }, cancellationToken);
        return name;
    }
}
