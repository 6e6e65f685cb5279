using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Crm.IntegrationTests.Support;

/// <summary>An SMTP server over a real socket that answers as a test says.</summary>
public sealed class ScriptedSmtp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _talks = [];
    private readonly ConcurrentQueue<string> _received = new();
    private readonly Task _accepting;
    private int _connections;

    public ScriptedSmtp()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The answer to a command line, such as <c>550 no</c>; null for the usual one, <c>""</c> to end the connection. The line <c>""</c> is the greeting.</summary>
    public Func<int, string, string?> Answer { get; set; } = (_, _) => null;

    /// <summary>Recipients of the messages that were taken.</summary>
    public IReadOnlyCollection<string> Received => _received;

    /// <summary>The message that was taken last, as it was sent.</summary>
    public string LastMessage { get; private set; } = "";

    /// <summary>Each message waits here before it is taken.</summary>
    public SemaphoreSlim? Gate { get; set; }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _talks.Add(TalkAsync(client, Interlocked.Increment(ref _connections)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(TcpClient client, int number)
    {
        try
        {
            using (client)
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.UTF8);
                await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
                var recipient = "";
                var line = "";
                do
                {
                    var answer = Answer(number, line) ?? Usual(line);
                    if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase))
                        recipient = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    if (answer.Length == 0)
                        return;
                    await writer.WriteLineAsync(answer);
                    if (answer.StartsWith("221", StringComparison.Ordinal) || answer.StartsWith("421", StringComparison.Ordinal))
                        return;
                    if (!answer.StartsWith("354", StringComparison.Ordinal))
                        continue;
                    var message = new StringBuilder();
                    while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".")
                        message.AppendLine(text);
                    if (Gate is { } gate)
                        await gate.WaitAsync(_stop.Token);
                    var taken = Answer(number, ".") ?? "250 2.0.0 taken";
                    if (taken[0] == '2')
                    {
                        LastMessage = message.ToString();
                        _received.Enqueue(recipient);
                    }
                    await writer.WriteLineAsync(taken);
                }
                while ((line = await reader.ReadLineAsync(_stop.Token)!) is not null);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The other side has gone, or the test is over.
        }
    }

    private static string Usual(string line) => line.Split(' ')[0].ToUpperInvariant() switch
    {
        "" => "220 script ready",
        "EHLO" => "250-script\r\n250 ENHANCEDSTATUSCODES",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 2.1.0 fine",
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_talks);
        _listener.Dispose();
        _stop.Dispose();
    }
}
