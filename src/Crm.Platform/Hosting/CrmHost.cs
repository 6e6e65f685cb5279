using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Crm.Platform.Commands;
using Crm.Platform.Content;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;
using Crm.Platform.Recipes;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;

namespace Crm.Platform.Hosting;

/// <summary>The process: one socket server that hands requests to the site in force, one scheduler, and the commands.</summary>
public sealed class CrmHost : IAsyncDisposable
{
    private static readonly TimeSpan FollowEvery = TimeSpan.FromSeconds(2);

    private readonly WebApplication _server;
    private readonly CrmProcess _process;
    private readonly CancellationTokenSource _stopping = new();
    private Task _following = Task.CompletedTask;

    private CrmHost(WebApplication server, CrmProcess process)
    {
        _server = server;
        _process = process;
        _server.UseTrustedProxies(process.Options.TrustedProxies);
        Sites = new SiteHost(process);
        var runner = new RecipeRunner(Sites, process);
        var recipes = new RecipeCatalog(process);
        Setup = new SetupRunner(Sites, recipes, runner);
        process.AddShared(recipes);
        process.AddShared(Sites);
        process.AddShared(Setup);
        process.AddShared(runner);
        process.AddShared(Scheduler);
        Sites.Swapped = ScheduleAsync;
    }

    public SiteHost Sites { get; }

    internal SetupRunner Setup { get; }

    internal JobScheduler Scheduler { get; } = new();

    /// <summary>Where the server listens, once it has started.</summary>
    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Runs a command when the first argument names one, else serves until stopped.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, Assembly hostAssembly)
    {
        var isCommand = arguments is [var first, ..] && ((!first.StartsWith('-') && !first.Contains('=', StringComparison.Ordinal)) || first is "--help" or "-h" or "-?");
        try
        {
            await using var host = Create(isCommand ? [] : arguments, hostAssembly, quiet: isCommand);
            if (isCommand)
                return await host.RunCommandAsync(arguments, Console.Out, Console.Error, CancellationToken.None);
            await host.StartAsync(CancellationToken.None);
            await ((IHost)host._server).WaitForShutdownAsync();
            return 0;
        }
        catch (SetupException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    /// <summary>Builds the process without starting anything.</summary>
    /// <param name="settings">Laid over the configuration; for tests.</param>
    /// <param name="catalog">In place of the modules that the build found; for tests.</param>
    /// <param name="clock">The sites' clock; for tests.</param>
    public static CrmHost Create(string[] arguments, Assembly hostAssembly, bool quiet = false, IDictionary<string, string?>? settings = null, ModuleCatalog? catalog = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = arguments,
            ApplicationName = hostAssembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        if (settings is not null)
            builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Logging.ClearProviders();
        var directory = CrmProcess.NodeDirectoryOf(builder.Configuration.GetSection("Crm").Get<CrmOptions>() ?? new CrmOptions());
        builder.Services.AddSerilog((_, logger) =>
        {
            logger.MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", Serilog.Events.LogEventLevel.Information)
                // It warns that keys are not encrypted at rest: their folder is closed to other users instead.
                .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", Serilog.Events.LogEventLevel.Error)
                .MinimumLevel.Override("FluentMigrator", Serilog.Events.LogEventLevel.Warning)
                .MinimumLevel.Override("Quartz", Serilog.Events.LogEventLevel.Warning)
                .WriteTo.File(Path.Combine(directory, "logs", "crm-.log"), rollingInterval: RollingInterval.Day, retainedFileCountLimit: 14, shared: true, formatProvider: CultureInfo.InvariantCulture);
            if (!quiet)
                logger.WriteTo.Console(formatProvider: CultureInfo.InvariantCulture);
        }, preserveStaticLogger: true); // Each host of a process has its own log.
        var server = builder.Build();
        var loggers = server.Services.GetRequiredService<ILoggerFactory>();
        return new CrmHost(server, new CrmProcess(hostAssembly, server.Configuration, loggers, server.Environment.EnvironmentName, catalog, clock));
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Sites.OpenAsync(cancellationToken);
        if (!Sites.IsSetUp && _process.Options.Setup.IsComplete)
            await SetUpFromConfigurationAsync(cancellationToken);
        await Sites.StartAsync(cancellationToken);
        if (Sites.IsSetUp)
            await ScheduleAsync(Sites.Current);
        _server.Run(HandleAsync);
        await _server.StartAsync(cancellationToken);
        _following = FollowAsync(_stopping.Token);
    }

    public async Task<int> RunCommandAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        await Sites.OpenAsync(cancellationToken);
        var root = new RootCommand("A modular CRM. Without a command it serves the site.");
        var setup = new SetupCommand(Setup, Sites, _process.Options.Setup);
        root.Add(setup);
        setup.SetAction((parsed, token) => setup.RunAsync(new CommandRun(parsed, Sites.Current.Services, output, error), token));
        if (arguments[0] != setup.Name)
        {
            if (!Sites.IsSetUp && _process.Options.Setup.IsComplete)
                await SetUpFromConfigurationAsync(cancellationToken);
            if (!Sites.IsSetUp && !arguments[0].StartsWith('-'))
            {
                await error.WriteLineAsync("The site is not set up yet: open it in a browser, or run the command \"setup\".");
                return 1;
            }
            foreach (var command in Sites.Current.Services.GetServices<SiteCommand>())
            {
                root.Add(command.Definition);
                foreach (var leaf in Leaves(command.Definition))
                    leaf.SetAction((parsed, token) => RunInSiteAsync(command, parsed, output, error, token));
            }
        }
        var result = root.Parse(arguments);
        if (result.Errors.Count > 0)
        {
            foreach (var problem in result.Errors)
                await error.WriteLineAsync(problem.Message);
            return 1;
        }
        return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    /// <summary>A command, or its subcommands when it has any: <c>user</c> does nothing, <c>user create</c> does.</summary>
    private static IEnumerable<Command> Leaves(Command command)
        => command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    private async Task<int> RunInSiteAsync(SiteCommand command, ParseResult parsed, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        await using var scope = Sites.Current.CreateScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<ActorContext>().Current = Actor.System("command");
        await services.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await services.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
        try
        {
            return await command.RunAsync(new CommandRun(parsed, services, output, error), cancellationToken);
        }
        catch (Exception e) when (e is SetupException or Queries.QueryException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private async Task SetUpFromConfigurationAsync(CancellationToken cancellationToken)
    {
        var o = _process.Options.Setup;
        await Setup.RunAsync(new SetupRequest(o.SiteName, o.Culture, o.Recipe, o.AdminUserName!, o.AdminEmail, o.AdminPassword!), cancellationToken);
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal, out var which))
        {
            await AnswerHealthAsync(context, which);
            return;
        }
        var site = Sites.Current;
        while (!site.TryEnter())
            site = Sites.Current;
        // Registered first, so it runs last: the request's own scope is disposed before the site may stop.
        context.Response.OnCompleted(() =>
        {
            site.Leave();
            return Task.CompletedTask;
        });
        await site.ProcessAsync(new FeatureCollection(context.Features));
    }

    /// <summary>Live: the process answers. Ready: it is set up and its database answers too.</summary>
    private async Task AnswerHealthAsync(HttpContext context, PathString which)
    {
        var status = which.Value switch
        {
            "/live" => "live",
            "/ready" => await IsReadyAsync(context.RequestAborted) ? "ready" : null,
            _ => "",
        };
        context.Response.StatusCode = status switch { null => StatusCodes.Status503ServiceUnavailable, "" => StatusCodes.Status404NotFound, _ => StatusCodes.Status200OK };
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(status ?? "not ready", context.RequestAborted);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (!Sites.IsSetUp || Sites.Database is not { } database)
            return false;
        try
        {
            await using var session = new Data.DbSession(database);
            return await session.CountAsync(new Data.SqlText("SELECT 1"), cancellationToken) == 1;
        }
        catch (System.Data.Common.DbException e)
        {
            _process.Loggers.CreateLogger<CrmHost>().LogWarning(e, "The database does not answer");
            return false;
        }
    }

    /// <summary>Starts the scheduler once there is a site, and gives it the site's regular tasks.</summary>
    private async Task ScheduleAsync(Site site)
    {
        if (Scheduler.Host is null)
        {
            var scheduler = new SchedulerHost(Sites.Database!, new JobDispatcher(Sites).RunAsync, TimeProvider.System, _process.Loggers);
            await scheduler.StartAsync();
            Scheduler.Host = scheduler;
        }
        await using var scope = site.CreateScope();
        foreach (var task in scope.ServiceProvider.GetServices<IBackgroundTask>())
            if (task.Cron is { } cron)
                await Scheduler.Host.ScheduleCronAsync(task.Name, cron, new Dictionary<string, string>());
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(FollowEvery);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await Sites.FollowAsync(cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    _process.Loggers.CreateLogger<CrmHost>().LogError(e, "Cannot follow the list of features");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        await _server.StopAsync();
        if (Scheduler.Host is { } scheduler)
            await scheduler.StopAsync(waitForJobs: true);
        await Sites.DisposeAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }
}
