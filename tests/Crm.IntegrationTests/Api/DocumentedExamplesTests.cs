using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Crm.IntegrationTests.Api;

/// <summary>What <c>docs/developers/api.md</c> shows is run as it stands there, and answered as it says.</summary>
[Collection(nameof(SqliteApiSite))]
public sealed partial class DocumentedExamplesTests(SqliteApiSite api)
{
    private const string Mark = "\u001e";

    [Fact]
    public async Task Examples_OfTheManual_AreAnsweredAsShown()
    {
        var manual = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Api", "api.md"));
        var examples = Examples().Matches(manual).Select(m => (Command: m.Groups[1].Value, Answer: m.Groups[2].Value)).ToList();
        Assert.Contains(examples, e => e.Answer.Length > 0);
        var script = examples.Select(e => $"curl() {{ command curl -sS {(IsRefusal().IsMatch(e.Answer) ? "" : "--fail-with-body ")}\"$@\"; }}\n{e.Command}printf '{Mark}'\n");
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", string.Concat(script)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var address = api.Site.Address.ToString().TrimEnd('/');
        start.Environment["CRM"] = address;
        start.Environment["TOKEN"] = api.Admin.Token;
        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, await output + await error);

        foreach (var ((command, shown), answer) in examples.Zip((await output).Split(Mark)))
            foreach (var line in shown.Replace("http://localhost:5080", address, StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Assert.True(Regex.IsMatch(Blank().Replace(answer, ""), Regex.Escape(Blank().Replace(line, "")).Replace(@"\.\.\.", ".*?", StringComparison.Ordinal), RegexOptions.Singleline),
                    $"{command}\nis not answered with\n{line}\nbut with\n{answer}");
    }

    /// <summary>A command, and the answer that is shown below it if there is one.</summary>
    [GeneratedRegex("^```sh\n(.*?)^```(?:\n```http\n(.*?)^```)?", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Examples();

    [GeneratedRegex(@"^HTTP/1\.1 4")]
    private static partial Regex IsRefusal();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
