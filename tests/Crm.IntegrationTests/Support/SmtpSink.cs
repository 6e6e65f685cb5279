using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Crm.IntegrationTests.Support;

/// <summary>Debian's <c>smtp-sink</c>: a real SMTP server that keeps each message in a file of its own.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private const string Program = "/usr/sbin/smtp-sink";

    private readonly Process _process;

    private SmtpSink(Process process, int port, DirectoryInfo folder) => (_process, Port, Folder) = (process, port, folder);

    public int Port { get; }

    /// <summary>One file for each message, its envelope in headers that begin with X-.</summary>
    public DirectoryInfo Folder { get; }

    public IEnumerable<FileInfo> Messages => Folder.EnumerateFiles("message.*");

    /// <param name="options">Such as <c>-f RCPT</c>, which refuses every recipient.</param>
    public static async Task<SmtpSink> StartAsync(params string[] options)
    {
        Assert.True(File.Exists(Program), "smtp-sink is missing; ./test.sh installs Debian's package postfix, which brings it.");
        var folder = Directory.CreateTempSubdirectory("crm-sink-");
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        var start = new ProcessStartInfo(Program) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            // It refuses to stay root, so others must be able to write there.
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
            start.ArgumentList.Add("-u");
            start.ArgumentList.Add("nobody");
        }
        foreach (var option in (string[])[.. options, "-d", "message.", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "200"])
            start.ArgumentList.Add(option);
        var process = Process.Start(start)!;
        await Eventually.HoldsAsync(async () =>
        {
            Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync() : "");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
        return new SmtpSink(process, port, folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Folder.Delete(recursive: true);
    }
}
