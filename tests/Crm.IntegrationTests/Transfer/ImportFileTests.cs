using System.Text;
using Crm.IntegrationTests.Support;

namespace Crm.IntegrationTests.Transfer;

public sealed class ImportFileSqliteTests(SqliteTransferSite transfer) : ImportFileTests(transfer), IClassFixture<SqliteTransferSite>;

[Trait("Category", "Nightly")]
public sealed class ImportFilePostgresTests(PostgresTransferSite transfer) : ImportFileTests(transfer), IClassFixture<PostgresTransferSite>;

/// <summary>Files as they come: damaged, in odd encodings, with things in them that no customer has. One site serves all tests of a class.</summary>
public abstract class ImportFileTests(TransferSite transfer)
{
    /// <summary>No row is at fault.</summary>
    private const string WholeFile = "";

    static ImportFileTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Name of the case, text of the file, options, where and what the message says.</summary>
    public static TheoryData<string, string, string, string, string> BadFiles => new()
    {
        { "quote that is not closed", "name,notes\nA,fine\nB,\"never closed\nC,fine\n", "", "row 3: ", "quote" },
        { "quote within a cell", "name,notes\nA,fine\nB,some \"quoted\" words\n", "", "row 3: ", "quote" },
        { "too few cells", "name,notes\nA,fine\nB\n", "", "row 3: ", "The row has 1 cells, the header 2" },
        { "too many cells", "name,notes\nA,fine,really\nB,fine\n", "", "row 2: ", "The row has 3 cells, the header 2" },
        { "header twice", "name,notes,Name\nA,fine,B\n", "", "row 1: ", "2 columns named" },
        { "no header", "", "", "row 1: ", "must name the columns" },
        { "archive", "PK\u0003\u0004 and so on", "", WholeFile, "Save it as .xlsx or CSV" },
        { "no column that fits", "colour,size\nred,1\n", "", WholeFile, "colour, size" },
        { "unknown field", "account\nA\n", "--map colour=account", WholeFile, "Customers has no field colour" },
        { "unknown column", "account\nA\n", "--map name=title", WholeFile, "“title”" },
        { "field mapped twice", "account,title\nA,B\n", "--map name=account --map name=title", WholeFile, "mapped twice" },
        { "map without a column", "account\nA\n", "--map name", WholeFile, "write field=column" },
        { "field of the system", "name,account\nA,2020-01-01\n", "--map createdAt=account", WholeFile, "set by the system" },
        { "unknown key", "name\nA\n", "--key colour", WholeFile, "no field colour" },
        { "key without a column", "name\nA\n", "--key email", WholeFile, "email" },
        { "key that tells nothing apart", "name,level\nA,A\n", "--key level", WholeFile, "cannot tell one record from another" },
        { "over-long text", $"name\n{new string('x', 201)}\n", "", "row 2: ", "at most 200 characters" },
        { "script in the name", "name\n<script>alert(1)</script>\n", "", "row 2: ", "script" },
        { "text for a number", "name,employees\nA,many\n", "", "row 2: ", "Employees" },
        { "decimal comma", "name,annualRevenue\nA,\"1234,56\"\n", "", "row 2: ", "such as 1234.50" },
        { "decimal point among commas", "name;annualRevenue\nA;1234.56\nB;1234,56\n", "--dry-run", "row 2: ", "such as 1234,50" },
        { "number out of range", "name,employees\nA,-1\n", "", "row 2: ", "Employees" },
        { "text for an amount", "name,annualRevenue\nA,a lot\n", "", "row 2: ", "Annual revenue" },
        { "unknown currency", "name,annualRevenue\nA,100 XYZ\n", "", "row 2: ", "XYZ" },
        { "no e-mail address", "name,email\nA,nobody at home\n", "", "row 2: ", "mail" },
        { "no web address", "name,website\nA,javascript:alert(1)\n", "", "row 2: ", "Web site" },
        { "unknown value of a closed list", "name,level\nA,Z\n", "", "row 2: ", "Z" },
        { "owner who is nobody", "name,owner\nA,nobody\n", "", "row 2: ", "nobody" },
        { "parent that is nowhere", "name,parent\nA,Nowhere\n", "", "row 2: ", "Nowhere" },
        { "parent that two could be", "name,parent\nA,Twin\n", "", "row 2: ", "2 records" },
        { "key of two records", "name,notes\nTwin,which?\n", "--key name", "row 2: ", "2 records" },
        { "required and missing", "name,notes\n,nameless\n", "", "row 2: ", "Name" },
        { "key and empty", "name,notes\n,nameless\n", "--key name", "row 2: ", "empty" },
        { "number that is taken", "name,number\nA,C000001\n", "", "row 2: ", "C000001" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task Import_BadFile_SaysWhatIsWrongAndWritesNothing(string name, string text, string options, string row, string message)
    {
        await AddTwinsAsync();
        await AssertRefusedAsync(name, Encoding.UTF8.GetBytes(text), options, row, message);
    }

    [Fact]
    public async Task Import_BytesThatAreNoText_AreRefused()
    {
        await AddTwinsAsync();
        await AssertRefusedAsync("marked as UTF-8", [.. Encoding.UTF8.Preamble, .. "name\nA\n"u8, 0xC3, 0x28, (byte)'\n'], "", "row ", "not UTF-8");
        await AssertRefusedAsync("not marked", [.. "name\nA\n"u8, 0x81, 0x20, 0xFF, 0x0A, 0xFE, 0x00, 0x01, 0x0A], "", WholeFile, "UTF-8");
    }

    [Fact]
    public async Task Import_SameKeyTwice_TakesTheFirstAndReportsTheSecond()
    {
        var (code, output, error) = await transfer.ImportAsync(transfer.Write("name,employees\nDouble,1\n double ,2\n"), "--key", "name");
        Assert.Equal(1, code);
        Assert.Contains("1 created, 0 updated, 0 unchanged, 1 failed", output, StringComparison.Ordinal);
        Assert.StartsWith("row 3: ", error, StringComparison.Ordinal);
        Assert.Contains("in row 2 already", error, StringComparison.Ordinal);
        Assert.Equal("1", (await transfer.ExportAsync("--filter", "name eq 'Double'")).Single()["employees"]);
    }

    [Fact]
    public async Task Import_SameRowTwice_IsNoError()
    {
        var output = await transfer.ImportedAsync(transfer.Write("name,employees,remark\nRepeated,1,x\nRepeated,1,y\nRepeated ,1,z\n"), "--key", "name");
        Assert.Contains("1 created, 0 updated, 2 unchanged, 0 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ValueMap_ReplacesWhatCellsSay()
    {
        var file = transfer.Write("name,level,industry\nMapped 1, Top ,TECHNOLGY\nMapped 2,,retail\nMapped 3,unknown,retail\n");
        var output = await transfer.ImportedAsync(file, "--value", "level:top=a", "--value", "level:=c", "--value", "level:unknown=", "--value", "industry:technolgy=technology");
        Assert.Contains("3 created", output, StringComparison.Ordinal);
        Assert.Equal(["a technology", "c retail", " retail"], (await transfer.ExportAsync("--filter", "startswith(name, 'Mapped')")).OrderBy(r => r["name"], StringComparer.Ordinal).Select(r => $"{r["level"]} {r["industry"]}"));

        var (code, _, error) = await transfer.ImportAsync(file, "--value", "color:red=blue");
        Assert.Equal(1, code);
        Assert.Contains("color", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_PeopleAndTheirTeamsFromOneFile_NamesUsersAndPassesTheTeamOn()
    {
        var people = transfer.Write("sales_agent,manager,regional_office\nDarcel Schlecht,A,Central\nZoë O'Neil,B,Central\nMarkita Hansen,B,West\nDarcel Schlecht,C,West\n");
        var (_, teams, _) = await transfer.Site.RunAsync("import", "teams", people, "--map", "name=regional_office", "--key", "name");
        Assert.Contains("2 created, 0 updated, 2 unchanged, 0 failed", teams, StringComparison.Ordinal);
        var (code, _, error) = await transfer.Site.RunAsync("import", "users", people, "--map", "name=sales_agent", "--map", "teams=regional_office");
        Assert.True(code == 0, error);
        await using var scope = await transfer.Site.OpenScopeAsync();
        var west = await scope.FindAsync("users", "userName", "markita.hansen");
        Assert.Equal("West", west.Get<string>("teams"));
        await scope.FindAsync("users", "userName", "zoe.o.neil");
        await scope.FindAsync("users", "userName", "darcel.schlecht2");

        await transfer.ImportedAsync(transfer.Write("name,owner\nOwned by the West,markita.hansen\n"));
        Assert.Equal("West", (await transfer.ExportAsync("--filter", "name eq 'Owned by the West'")).Single()["team"]);
    }

    [Fact]
    public async Task Import_OneBadRowAmongGoodOnes_LeavesOnlyThatOut()
    {
        var (code, output, error) = await transfer.ImportAsync(transfer.Write("name,employees\nMixed 1,1\nMixed 2,two\nMixed 3,3\n"));
        Assert.Equal(1, code);
        Assert.Contains("2 created, 0 updated, 0 unchanged, 1 failed", output, StringComparison.Ordinal);
        Assert.StartsWith("row 3: ", error, StringComparison.Ordinal);
        Assert.Equal(["Mixed 1", "Mixed 3"], (await transfer.ExportAsync("--filter", "startswith(name, 'Mixed')")).Select(r => r["name"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("gb18030", "国标")]
    [InlineData("utf-8", "统一码")]
    [InlineData("utf-16", "双字节")]
    public async Task Import_ChineseInThisEncoding_IsReadRight(string encoding, string mark)
    {
        var text = $"客户名称,员工人数,备注\n华新贸易有限公司{mark},120,朱镕基路８号，㐂\n北京远景科技{mark},8,第二行\n";
        var file = transfer.Write([.. Encoding.GetEncoding(encoding).GetPreamble().Where(_ => encoding == "utf-16"), .. Encoding.GetEncoding(encoding).GetBytes(text)]);
        await transfer.ImportedAsync(file, "--map", "name=客户名称", "--map", "employees=员工人数", "--map", "notes=备注", "--key", "name");

        var rows = await transfer.ExportAsync("--filter", $"contains(name, '{mark}')");
        Assert.Equal([$"北京远景科技{mark}", $"华新贸易有限公司{mark}"], rows.Select(r => r["name"]).Order(StringComparer.Ordinal));
        Assert.Equal("朱镕基路８号，㐂", rows.Single(r => r["employees"] == "120")["notes"]);
    }

    [Theory]
    [InlineData("mark", "\uFEFFname,employees,notes\nForm mark,7,\"a, b\"\n")]
    [InlineData("semicolons", "name;employees;notes\nForm semicolons;7;a, b\n")]
    [InlineData("tabs", "name\temployees\tnotes\r\nForm tabs\t7\ta, b\r\n")]
    [InlineData("labels", "Name,Employees,Notes\n\nForm labels,7,\"a, b\"\n\n")]
    [InlineData("Chinese labels", "名称,员工人数,备注\nForm Chinese labels,7,\"a, b\"")]
    public async Task Import_FileOfThisForm_IsReadRight(string form, string text)
    {
        Assert.Contains("1 created", await transfer.ImportedAsync(transfer.Write(text)), StringComparison.Ordinal);
        var row = (await transfer.ExportAsync("--filter", $"name eq 'Form {form}'")).Single();
        Assert.Equal(("7", "a, b"), (row["employees"], row["notes"]));
    }

    /// <summary>What spreadsheets write where the decimal sign is a comma, and what programs write that merely like semicolons.</summary>
    [Theory]
    [InlineData("comma", "1234,56;12.500", "1234.56 12500")]
    [InlineData("group", "1.234;12.500", "1234 12500")]
    [InlineData("both", "1.234,5 USD;7", "1234.5 7")]
    [InlineData("point", "1234.56;12,500", "1234.56 12500")]
    public async Task Import_NumbersBetweenSemicolons_AreReadByTheirDecimalSign(string form, string cells, string expected)
    {
        await transfer.ImportedAsync(transfer.Write($"name;annualRevenue;employees;notes\nSign {form};{cells};1,5 or 1.5\n"));
        var row = (await transfer.ExportAsync("--filter", $"name eq 'Sign {form}'")).Single();
        Assert.Equal((expected, "1,5 or 1.5"), ($"{row["annualRevenue"]} {row["employees"]}", row["notes"]));
    }

    [Fact]
    public async Task Export_TextsThatAreFormulas_AreGuardedAndComeBackAsTheyWere()
    {
        string[] names = ["=HYPERLINK(\"http://evil\")", "+1 Guard", "-Guard", "@Guard", "'=Guard", "'Guard", "＝Guard"];
        var ids = new Dictionary<string, Guid>();
        await using (var scope = await transfer.Site.OpenScopeAsync())
            foreach (var name in names)
                ids[name] = await scope.CreateAsync("customers", ("name", name), ("notes", "=cmd|' /C calc'!A0"), ("phone", "+1 206 555 0100"), ("source", "referral"));

        var file = await transfer.ExportFileAsync("--filter", "source eq 'referral'");
        var exported = TransferSite.Read(file);

        Assert.Equal(names.Select(n => n is "'Guard" ? n : $"'{n}").Order(StringComparer.Ordinal), exported.Select(r => r["name"]).Order(StringComparer.Ordinal));
        // A phone number's digits are no formula.
        Assert.All(exported.SelectMany(r => r.Values), cell => Assert.DoesNotMatch(@"^[=@]|^[+-](?!\d+$)", cell));
        var before = await SiteState.ReadAsync(transfer.Site);
        Assert.Contains($"0 created, 0 updated, {names.Length} unchanged", await transfer.ImportedAsync(file, "--key", "number"), StringComparison.Ordinal);
        Assert.Equal(before, await SiteState.ReadAsync(transfer.Site));
    }

    private async Task AssertRefusedAsync(string name, byte[] bytes, string options, string row, string message)
    {
        var before = await SiteState.ReadAsync(transfer.Site);
        var (code, _, error) = await transfer.ImportAsync(transfer.Write(bytes), options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(code == 1, $"{name}: exit code {code}");
        Assert.StartsWith(row, error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.OrdinalIgnoreCase);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Equal(before, await SiteState.ReadAsync(transfer.Site));
    }

    /// <summary>Two customers of one name, so that the name says neither.</summary>
    private async Task AddTwinsAsync()
    {
        await using var scope = await transfer.Site.OpenScopeAsync();
        if ((await scope.Queries.CountAsync("customers", Platform.Queries.Filter.Eq("name", "Twin"), CancellationToken.None)).Count > 0)
            return;
        await scope.CreateAsync("customers", ("name", "Twin"));
        await scope.CreateAsync("customers", ("name", "Twin"));
    }
}
