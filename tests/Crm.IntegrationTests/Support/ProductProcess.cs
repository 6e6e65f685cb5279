using System.Diagnostics;
using System.Net;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Support;

/// <summary>The product as a process of its own, so that it can be killed.</summary>
public sealed class ProductProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ProductProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public static ProductProcess Start(TestDatabase database, string dataDirectory, params string[] arguments)
        => Start(Path.Combine(AppContext.BaseDirectory, "Crm.Web.dll"), dataDirectory, database, arguments);

    private static ProductProcess Start(string assembly, string dataDirectory, TestDatabase? database, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = dataDirectory,
        };
        start.Environment["Crm__DataDirectory"] = dataDirectory;
        if (database is not null)
        {
            start.Environment["Crm__Database__Provider"] = database.Provider.ToString();
            start.Environment["Crm__Database__ConnectionString"] = database.ConnectionString;
        }
        start.Environment["Crm__Setup__AdminUserName"] = TestSite.AdminName;
        start.Environment["Crm__Setup__AdminEmail"] = "admin@example.com";
        start.Environment["Crm__Setup__AdminPassword"] = TestSite.AdminPassword;
        return new ProductProcess(Process.Start(start)!);
    }

    /// <summary>Serves on this address; returns when it answers.</summary>
    public static Task<ProductProcess> ServeAsync(TestDatabase database, string dataDirectory, Uri address)
        => WaitUntilReadyAsync(Start(database, dataDirectory, "--urls", address.ToString()), address);

    /// <summary>Serves another build of the product, on SQLite in <c>data</c> of a folder.</summary>
    public static Task<ProductProcess> ServeAsync(string assembly, string directory, Uri address)
        => WaitUntilReadyAsync(Start(assembly, Directory.CreateDirectory(Path.Combine(directory, "data")).FullName, null, ["--urls", address.ToString()]), address);

    private static async Task<ProductProcess> WaitUntilReadyAsync(ProductProcess product, Uri address)
    {
        using var client = new HttpClient { BaseAddress = address };
        await Eventually.HoldsAsync(async () =>
        {
            Assert.False(product._process.HasExited, product._process.HasExited ? await product._error + await product._output : "");
            try
            {
                return (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, seconds: 300);
        return product;
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The most physical memory that the process has had, in MB.</summary>
    public async Task<long> PeakMemoryAsync()
    {
        var status = await File.ReadAllLinesAsync($"/proc/{_process.Id}/status");
        var peak = status.Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(peak, System.Globalization.CultureInfo.InvariantCulture) >> 10;
    }

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task<(int Code, string Output, string Error)> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
