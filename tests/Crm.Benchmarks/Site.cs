using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crm.Platform.Data;
using Npgsql;

namespace Crm.Benchmarks;

/// <summary>A site on one database, run as its users run it: a process of its own.</summary>
internal sealed class Site(DatabaseProvider provider, string folder, string? server)
{
    public const string Password = "Correct-Horse-7";

    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Crm.Web", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "Crm.Web.dll"));

    public string Name => provider.ToString();

    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(folder, provider.ToString())).FullName;

    /// <summary>Files to import are the same for both databases.</summary>
    public string Files => folder;

    private string Database => $"crm_bench_{Path.GetFileName(folder).ToLowerInvariant().Replace('-', '_').Replace('.', '_')}";

    public async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        if (provider == DatabaseProvider.Sqlite)
            return;
        await using var source = NpgsqlDataSource.Create(server!);
        await using var command = source.CreateCommand($"CREATE DATABASE {Database}");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs a command of the product.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> CommandAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var printed = new StringBuilder();
        using var process = Start(arguments, line => printed.AppendLine(line));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
        return printed.ToString();
    }

    public async Task<Server> StartAsync(CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var watch = Stopwatch.StartNew();
        var process = Start(["--urls", address.ToString()], _ => { });
        var running = new Server(process, address, watch);
        await running.WaitAsync(cancellationToken);
        return running;
    }

    private Process Start(IEnumerable<string> arguments, Action<string> output)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true };
        start.Environment["Crm__DataDirectory"] = Folder;
        start.Environment["Crm__Database__Provider"] = Name;
        if (provider == DatabaseProvider.Postgres)
            start.Environment["Crm__Database__ConnectionString"] = new NpgsqlConnectionStringBuilder(server!) { Database = Database }.ConnectionString;
        start.Environment["Crm__Api__RequestsPerMinute"] = "10000000";
        start.Environment["Crm__Setup__Recipe"] = "Demo";
        start.Environment["Crm__Setup__AdminUserName"] = "admin";
        start.Environment["Crm__Setup__AdminEmail"] = "admin@example.com";
        start.Environment["Crm__Setup__AdminPassword"] = Password;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => output(line.Data ?? "");
        process.BeginOutputReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal sealed class Server(Process process, Uri address, Stopwatch started) : IAsyncDisposable
{
    public Uri Address => address;

    public Stopwatch Started => started;

    public long ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1024 / 1024;
        }
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = address };
        while (!process.HasExited)
        {
            try
            {
                if ((await client.GetAsync("/health/ready", cancellationToken)).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(25, cancellationToken);
        }
        throw new InvalidOperationException($"The server ended with {process.ExitCode}.");
    }

    /// <summary>After an import the search index and other followers of the change log catch up for a while.</summary>
    public async Task UntilIdleAsync(CancellationToken cancellationToken)
    {
        TimeSpan before;
        do
        {
            process.Refresh();
            before = process.TotalProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            process.Refresh();
        }
        while (process.TotalProcessorTime - before > TimeSpan.FromMilliseconds(150));
    }

    public async Task<Client> SignInAsync(string userName, CancellationToken cancellationToken)
    {
        var client = new Client(address);
        await client.SignInAsync(userName, cancellationToken);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
