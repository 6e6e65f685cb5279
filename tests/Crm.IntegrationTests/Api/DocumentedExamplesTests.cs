using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Crm.IntegrationTests.Api;

/// <summary>What <c>docs/developers/api.md</c> shows is run as it stands there.</summary>
[Collection(nameof(SqliteApiSite))]
public sealed partial class DocumentedExamplesTests(SqliteApiSite api)
{
    [Fact]
    public async Task Examples_OfTheManual_Work()
    {
        var manual = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Api", "api.md"));
        var blocks = Examples().Matches(manual).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(blocks);
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", "curl() { command curl -sS --fail-with-body \"$@\"; }\n" + string.Concat(blocks)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CRM"] = api.Site.Address.ToString().TrimEnd('/');
        start.Environment["TOKEN"] = api.Admin.Token;
        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, await output + await error);
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Examples();
}
