using System.CommandLine;

namespace Crm.Platform.Commands;

/// <summary>
/// A command of the executable. Register with <c>services.AddSingleton&lt;SiteCommand, T&gt;()</c>; it runs as the system.
/// Results go to standard output, errors to standard error, one line each.
/// </summary>
public abstract class SiteCommand
{
    /// <summary>Name, arguments and options.</summary>
    public abstract Command Definition { get; }

    /// <summary>0 only when all went well.</summary>
    public abstract Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken);
}

public sealed record CommandRun(ParseResult Arguments, IServiceProvider Services, TextWriter Output, TextWriter Error);
