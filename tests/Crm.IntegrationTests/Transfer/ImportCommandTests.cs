using Crm.IntegrationTests.Support;
using Crm.Platform.Changes;
using Crm.Platform.Data;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Transfer;

public sealed class ImportCommandSqliteTests() : ImportCommandTests(new SqliteTransferSite());

public sealed class ImportCommandPostgresTests() : ImportCommandTests(new PostgresTransferSite());

/// <summary>A real company's customers in, changed, and out again.</summary>
public abstract class ImportCommandTests(TransferSite transfer) : IAsyncLifetime
{
    public ValueTask InitializeAsync() => transfer.InitializeAsync();

    public ValueTask DisposeAsync() => transfer.DisposeAsync();

    [Fact]
    public async Task Import_DryRun_CountsTheSameAndWritesNothing()
    {
        var before = await SiteState.ReadAsync(transfer.Site);

        var tried = await transfer.ImportedAsync(TransferSite.Accounts, [.. TransferSite.AccountsMap, "--dry-run"]);

        Assert.Equal(before, await SiteState.ReadAsync(transfer.Site));
        Assert.Equal($"{await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap)}Dry run: nothing was written{Environment.NewLine}", tried);
        var again = await transfer.ImportedAsync(TransferSite.Accounts, [.. TransferSite.AccountsMap, "--dry-run"]);
        Assert.Contains("0 created, 0 updated, 85 unchanged, 0 failed", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Accounts_GivesTheSameValuesBack()
    {
        var output = await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap);
        Assert.Contains("85 created, 0 updated, 0 unchanged, 0 failed", output, StringComparison.Ordinal);
        Assert.Contains("Ignored columns: year_established, office_location", output, StringComparison.Ordinal);

        var given = TransferSite.Read(TransferSite.Accounts).OrderBy(r => r["account"], StringComparer.Ordinal)
            .Select(r => (r["account"], r["sector"], r["employees"], Number(r["revenue"]), r["subsidiary_of"])).ToList();
        var back = (await transfer.ExportAsync()).OrderBy(r => r["name"], StringComparer.Ordinal)
            .Select(r => (r["name"], r["industry"], r["employees"], Number(r["annualRevenue"]), r["parent"])).ToList();
        Assert.Equal(given, back);
        Assert.Equal(15, back.Count(r => r.Item5.Length > 0));
    }

    [Fact]
    public async Task Import_Again_ChangesNothingAndLogsNothing()
    {
        await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap);
        var before = await SiteState.ReadAsync(transfer.Site);

        var output = await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap);

        Assert.Contains("0 created, 0 updated, 85 unchanged, 0 failed", output, StringComparison.Ordinal);
        Assert.Equal(before, await SiteState.ReadAsync(transfer.Site));
    }

    [Fact]
    public async Task Import_CellsEditedAndEmptied_UpdateWhatIsAskedForAndHistoryShowsBoth()
    {
        await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap);
        var edited = transfer.Write(EditedAccounts("Acme Corporation,technolgy,1996,1100.04,2822,", "Acme Corporation,technolgy,1996,1100.04,2900,"));

        var output = await transfer.ImportedAsync(edited, TransferSite.AccountsMap);

        Assert.Contains("0 created, 1 updated, 84 unchanged, 0 failed", output, StringComparison.Ordinal);
        await using var scope = await transfer.Site.OpenScopeAsync();
        var acme = await scope.FindAsync("customers", "name", "Acme Corporation");
        var history = await scope.Log.ReadHistoryAsync("customers", acme.Id, 10, CancellationToken.None);
        Assert.Equal([ChangeKind.Updated, ChangeKind.Created], history.Select(c => c.Kind));
        Assert.Equal("import", history[0].Source);
        Assert.Equal([new("employees", new FieldChange("2822", "2900"))], history[0].Fields);
        using var browser = await transfer.Site.SignInAsync();
        var page = (await browser.PageAsync($"/customers/{acme.Id}")).Body!.TextContent;
        Assert.Contains("2,822", page, StringComparison.Ordinal);
        Assert.Contains("2,900", page, StringComparison.Ordinal);

        // An empty cell says nothing of a record that is there, not even that a name is missing, unless it is to empty the field.
        string[] fields = ["level", "tags", "phone", "billingAddress", "billingAddressCity", "annualRevenue", "parent", "notes"];
        var head = $"number,name,{string.Join(',', fields)}\n";
        var (number, other) = (acme.Get<string>("number"), (await scope.FindAsync("customers", "name", "Betatech")).Get<string>("number"));
        await transfer.ImportedAsync(transfer.Write($"{head}{number},Acme Corporation,a,VIP; East,+1 206 555 0100,1 Main Street,Springfield,7 USD,Betatech,As before\n"), "--key", "number");
        var empty = transfer.Write($"{head}{number},Acme Corporation,,,,,, ,,\n{other},,,,,,,,,\n");
        var (_, tried, _) = await transfer.ImportAsync(empty, "--key", "number", "--empty", "clear", "--dry-run");
        Assert.Contains("0 created, 1 updated, 0 unchanged, 1 failed", tried, StringComparison.Ordinal);
        Assert.Contains("0 created, 0 updated, 2 unchanged, 0 failed", await transfer.ImportedAsync(empty, "--key", "number"), StringComparison.Ordinal);
        var kept = (await transfer.ExportAsync("--filter", $"number eq '{number}'")).Single();
        Assert.DoesNotContain("", fields.Select(f => kept[f]));
        var (code, cleared, error) = await transfer.ImportAsync(empty, "--key", "number", "--empty", "clear");
        Assert.Equal(1, code);
        Assert.Contains("0 created, 1 updated, 0 unchanged, 1 failed", cleared, StringComparison.Ordinal);
        Assert.StartsWith("row 3: ", error, StringComparison.Ordinal);
        var emptied = (await transfer.ExportAsync("--filter", $"number eq '{number}'")).Single();
        Assert.All(fields, f => Assert.Equal("", emptied[f]));
        Assert.Equal("2900", emptied["employees"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_ParentThatIsNowhere_IsReportedByRowAndNotInvented(bool dryRun)
    {
        var file = transfer.Write(EditedAccounts(
            "Bluth Company,technolgy,1993,1242.32,3027,United States,Acme Corporation", "Bluth Company,technolgy,1993,1242.32,3027,United States,Nowhere Limited"));

        var (code, output, error) = await transfer.ImportAsync(file, dryRun ? [.. TransferSite.AccountsMap, "--dry-run"] : TransferSite.AccountsMap);

        Assert.Equal(1, code);
        Assert.Contains("84 created, 0 updated, 0 unchanged, 1 failed", output, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.StartsWith("row 8: ", error, StringComparison.Ordinal);
        Assert.Contains("Nowhere Limited", error, StringComparison.Ordinal);
        var names = (await transfer.ExportAsync()).ConvertAll(r => r["name"]);
        Assert.Equal(dryRun ? 0 : 84, names.Count);
        Assert.DoesNotContain("Nowhere Limited", names);
        Assert.DoesNotContain("Bluth Company", names);
    }

    [Fact]
    public async Task Export_IntoAnEmptySite_IsTheSameExportThere()
    {
        await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap);
        await using (var scope = await transfer.Site.OpenScopeAsync())
            await scope.CreateAsync("customers", ("name", "华新贸易，\"上海\""), ("category", "person"), ("level", "A"), ("industry", "零售"), ("source", "referral"), ("phone", "+86 138 1234 5678"),
                ("email", "li@example.com"), ("website", "example.com"), ("employees", "0"), ("annualRevenue", "1,200,000.50 CNY"), ("parent", "Acme Corporation"), ("owner", TestSite.AdminName),
                ("notes", "first line\n\"second\", line\n\n=1+1"));
        await using (var scope = await transfer.Site.OpenScopeAsync())
        {
            // An owner without a team, a note that is done, and things that are about records of several types.
            await scope.CreateAsync("contacts", ("name", "Ann"), ("customer", "Acme Corporation"), ("owner", TestSite.AdminName));
            await scope.CreateAsync("activities", ("subject", "=Call"), ("kind", "call"), ("regarding", "customers:华新贸易，\"上海\""), ("status", "done"));
            await scope.CreateAsync("activities", ("subject", "Twin"), ("kind", "note"), ("regarding", "contacts:Ann"));
            await scope.CreateAsync("activities", ("subject", "About another"), ("kind", "task"), ("regarding", "activities:Twin"));
        }
        var file = await transfer.ExportFileAsync();

        await using var empty = await TestSite.StartAsync(transfer is SqliteTransferSite ? DatabaseProvider.Sqlite : DatabaseProvider.Postgres);
        foreach (var type in new[] { "customers", "contacts", "activities" })
        {
            var (here, there) = (Path.Combine(empty.DataDirectory, $"{type}.csv"), Path.Combine(empty.DataDirectory, $"{type} there.csv"));
            await transfer.Site.RunAsync("export", type, here);
            var (imported, _, problems) = await empty.RunAsync("import", type, here, "--as-exported");
            Assert.True(imported == 0, problems);
            await empty.RunAsync("export", type, there);
            Assert.Equal(await File.ReadAllTextAsync(here), await File.ReadAllTextAsync(there));
        }
        Assert.Contains("contacts:Ann", await File.ReadAllTextAsync(Path.Combine(empty.DataDirectory, "activities.csv")), StringComparison.Ordinal);
        var (code, output, error) = await transfer.ImportAsync(file, "--key", "number");
        Assert.True(code == 0, error);
        Assert.Contains("0 created, 0 updated, 86 unchanged, 0 failed", output, StringComparison.Ordinal);
    }

    /// <summary>What follows from the values and stands in no file, such as the key that keeps memberships apart, follows from them anew.</summary>
    [Fact]
    public async Task Import_AsExportedOverRecordsThatAreThere_HiddenFieldsAreThoseOfAFreshImport()
    {
        await using var scope = await transfer.Site.OpenScopeAsync();
        var campaign = await scope.CreateAsync("campaigns", ("name", "Autumn fair"));
        var (before, after) = (await scope.CreateAsync("contacts", ("name", "Before of the fair")), await scope.CreateAsync("contacts", ("name", "After of the fair")));
        var member = await scope.CreateAsync("campaignMembers", ("campaign", campaign.ToString("D")), ("contact", before.ToString("D")));
        var file = Path.Combine(transfer.Site.DataDirectory, "members.csv");
        await File.WriteAllTextAsync(file, $"campaign,contact,name,id\nAutumn fair,After of the fair,As it was,{member}\n");

        var (code, _, error) = await transfer.Site.RunAsync("import", "campaignMembers", file, "--as-exported");

        Assert.True(code == 0, error);
        var now = (await scope.Queries.GetAsync("campaignMembers", member, CancellationToken.None))!;
        Assert.Equal((after, "As it was"), (now.Get<Guid>("contact"), now.Get<string>("name")));
        var key = await scope.Session.ReadAsync(new Platform.Data.SqlText("SELECT member_key FROM campaign_members WHERE id = ").Append(Platform.Data.ColumnType.Uuid, member), r => r.GetString(0), CancellationToken.None);
        Assert.Equal([$"{campaign:N}:{after:N}"], key);
    }

    [Fact]
    public async Task Export_WithAFilter_HasThoseRecordsOnly()
    {
        await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap);
        var retail = TransferSite.Read(TransferSite.Accounts).Where(r => r["sector"] == "retail" && int.Parse(r["employees"], System.Globalization.CultureInfo.InvariantCulture) >= 2000).Select(r => r["account"]).ToList();
        Assert.NotEmpty(retail);

        var exported = (await transfer.ExportAsync("--filter", "industry eq 'retail' and employees ge 2000")).ConvertAll(r => r["name"]);
        Assert.Equal(retail.Order(StringComparer.Ordinal), exported.Order(StringComparer.Ordinal));

        var nowhere = Path.Combine(transfer.Site.DataDirectory, "nowhere.csv");
        var (code, _, error) = await transfer.Site.RunAsync("export", "customers", nowhere, "--filter", "colour eq 'red'");
        Assert.Equal(1, code);
        Assert.Contains("colour", error, StringComparison.Ordinal);
        Assert.False(File.Exists(nowhere));
    }

    [Fact]
    public async Task Import_NewOptionOfAnOpenList_IsThereAtOnce()
    {
        await transfer.ImportedAsync(TransferSite.Accounts, TransferSite.AccountsMap);
        await using var scope = await transfer.Site.OpenScopeAsync();
        var found = await scope.Queries.CountAsync("customers", FilterParser.Parse("industry eq 'technolgy'", scope.Definitions.Current.Get("customers"), scope.Definitions.Current), CancellationToken.None);
        Assert.Equal(TransferSite.Read(TransferSite.Accounts).Count(r => r["sector"] == "technolgy"), found.Count);
    }

    private static string EditedAccounts(params string[] pairs)
    {
        var text = File.ReadAllText(TransferSite.Accounts).ReplaceLineEndings("\n");
        for (var i = 0; i < pairs.Length; i += 2)
            text = text.Replace(pairs[i], pairs[i + 1], StringComparison.Ordinal);
        Assert.NotEqual(File.ReadAllText(TransferSite.Accounts).ReplaceLineEndings("\n"), text);
        return text;
    }

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
