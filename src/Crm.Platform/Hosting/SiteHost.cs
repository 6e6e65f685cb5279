using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Modules;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Platform.Hosting;

/// <summary>Which features are on; in <c>crm_settings</c> under <c>features</c>.</summary>
public sealed record FeatureState(IReadOnlyList<string> Enabled)
{
    internal const string SettingName = "features";
}

/// <summary>
/// Holds the site in force and replaces it when features change: the new one is built and started beside the old one,
/// one reference is swapped, and the old one stops when its last request has left.
/// </summary>
public sealed class SiteHost : IAsyncDisposable
{
    /// <summary>On until the site is set up, and never again.</summary>
    public const string SetupFeature = "Crm.Setup";

    private readonly CrmProcess _process;
    private readonly SiteBuilder _builder;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly ILogger _logger;
    private readonly List<Task> _retiring = [];
    private Site? _current;
    private IReadOnlyList<string> _enabled = [];

    internal SiteHost(CrmProcess process)
    {
        _process = process;
        _builder = new SiteBuilder(process);
        _logger = process.Loggers.CreateLogger<SiteHost>();
        DatabaseConfiguration = new DatabaseConfiguration(process);
    }

    internal DatabaseConfiguration DatabaseConfiguration { get; }

    public Site Current => _current ?? throw new InvalidOperationException("There is no site yet.");

    /// <summary>The site's database; null until it is known.</summary>
    public Database? Database { get; private set; }

    public bool IsSetUp { get; private set; }

    /// <summary>Whether this process serves requests; a command does not.</summary>
    internal bool IsStarted { get; private set; }

    /// <summary>Called after each swap with the new site.</summary>
    internal Func<Site, Task>? Swapped { get; set; }

    /// <summary>Opens the database and builds the site, or the set-up site when there is nothing there yet.</summary>
    internal async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            Database = DatabaseConfiguration.Open();
            await Database.PrepareAsync(cancellationToken);
        }
        catch (Exception e) when (DatabaseConfiguration.IsUnreachable(e))
        {
            throw new SetupException("The database cannot be reached: {0}", e.Message);
        }
        await PrepareDatabaseAsync(Database, cancellationToken);
        if (await ReadFeaturesAsync(cancellationToken) is { } state)
        {
            IsSetUp = true;
            _current = await BuildTolerantlyAsync(state.Enabled, [], cancellationToken);
            _enabled = state.Enabled;
            return;
        }
        var setup = _process.Catalog.Close([SetupFeature]).Where(f => f.Id == SetupFeature || f.Module.IsTheme).ToList();
        _current = _builder.Build(setup, Database);
    }

    /// <summary>Starts the site; from then on sites that replace it are started too.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        IsStarted = true;
        await Current.StartAsync(cancellationToken);
    }

    internal async Task PrepareDatabaseAsync(Database database, CancellationToken cancellationToken)
    {
        await database.PrepareAsync(cancellationToken);
        await new MigrationRunner(database, _process.Loggers).MigrateAsync(
            [typeof(SiteHost).Assembly, .. _process.Catalog.Features.Select(f => f.Module.Assembly).Distinct()], cancellationToken);
    }

    /// <summary>Enables features with all they depend on.</summary>
    /// <exception cref="SetupException">A startup of the features threw; nothing has changed.</exception>
    public Task EnableAsync(IEnumerable<string> features, CancellationToken cancellationToken)
    {
        var wanted = features.ToList();
        foreach (var feature in wanted)
            if (_process.Catalog.Find(feature) is null || string.Equals(feature, SetupFeature, StringComparison.OrdinalIgnoreCase))
                throw new SetupException("There is no feature {0}", feature);
        return ChangeAsync(enabled => _process.Catalog.Close(enabled.Concat(wanted)).Select(f => f.Id), wanted, cancellationToken);
    }

    /// <summary>Disables features with all that depend on them. Their data stays.</summary>
    public Task DisableAsync(IEnumerable<string> features, CancellationToken cancellationToken)
    {
        var unwanted = features.ToList();
        foreach (var feature in unwanted)
        {
            if (_process.Catalog.Find(feature) is not { } known)
                throw new SetupException("There is no feature {0}", feature);
            if (known.AlwaysEnabled)
                throw new SetupException("Feature {0} is part of every site and cannot be disabled", feature);
        }
        return ChangeAsync(enabled =>
        {
            var on = enabled.ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var feature in unwanted)
            {
                on.ExceptWith(_process.Catalog.DependentsOf(feature, on).Select(f => f.Id));
                on.Remove(feature);
            }
            return on;
        }, [], cancellationToken);
    }

    /// <summary>Follows what another process or node has enabled or disabled.</summary>
    internal async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (await ReadFeaturesAsync(cancellationToken) is not { } seen || (IsSetUp && Same(seen.Enabled, _enabled)))
            return;
        await _changing.WaitAsync(cancellationToken);
        try
        {
            // Read again: what was seen may be this process's own change on its way.
            if (await ReadFeaturesAsync(cancellationToken) is not { } state || (IsSetUp && Same(state.Enabled, _enabled)))
                return;
            var site = await BuildTolerantlyAsync(state.Enabled, [], cancellationToken);
            await StartAsync(site, cancellationToken);
            (_enabled, IsSetUp) = (state.Enabled, true);
            await SwapAsync(site);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Builds a site of these features, lets <paramref name="work"/> write in one transaction with the features'
    /// tables and the list of what is on, and puts it in force when that has committed. Any error leaves all as it was.
    /// </summary>
    /// <exception cref="SetupException">With <paramref name="isSetup"/>: the database belongs to a site already.</exception>
    internal async Task<T> ChangeAsync<T>(Database database, IReadOnlyList<string> features, Func<IServiceProvider, Task<T>> work, bool isSetup, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var site = BuildStrictly(features, database);
            T result;
            try
            {
                await using var scope = site.CreateScope();
                var session = scope.ServiceProvider.GetRequiredService<DbSession>();
                result = await session.TransactAsync(async () =>
                {
                    var settings = scope.ServiceProvider.GetRequiredService<SettingsStore>();
                    await LockAsync(session, cancellationToken);
                    // Another process may have been quicker; the database knows, this process does not.
                    if (isSetup && await settings.ReadAsync<FeatureState>(FeatureState.SettingName, cancellationToken) is not null)
                        throw new SetupException("The site is set up already");
                    await InitializeAsync(scope.ServiceProvider, cancellationToken);
                    await settings.WriteAsync(FeatureState.SettingName, new FeatureState([.. site.Features.Select(f => f.Id)]), cancellationToken);
                    return await work(scope.ServiceProvider);
                }, cancellationToken);
            }
            catch
            {
                await site.DisposeAsync();
                throw;
            }
            // It is committed: whoever asked may leave, the site is put in force all the same.
            (Database, IsSetUp, _enabled) = (database, true, [.. site.Features.Select(f => f.Id)]);
            await StartAsync(site, CancellationToken.None);
            await SwapAsync(site);
            return result;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task ChangeAsync(Func<IReadOnlyList<string>, IEnumerable<string>> change, IReadOnlyList<string> mustWork, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var state = await ReadFeaturesAsync(cancellationToken) ?? throw new SetupException("The site is not set up yet");
                var next = change(state.Enabled).ToList();
                foreach (var feature in mustWork)
                    _process.ClearReport(_process.Catalog.Find(feature)!.Module.Id);
                var site = await BuildTolerantlyAsync(next, mustWork, cancellationToken);
                await StartAsync(site, cancellationToken);
                if (!await ReplaceAsync(site, state, new FeatureState(next)))
                {
                    // While it was built, another process has switched something else, which is to stay.
                    await site.DisposeAsync();
                    continue;
                }
                _enabled = next;
                await SwapAsync(site);
                return;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Writes what is on, unless that is not what it was any more.</summary>
    private static async Task<bool> ReplaceAsync(Site site, FeatureState before, FeatureState after)
    {
        await using var scope = site.CreateScope();
        var session = scope.ServiceProvider.GetRequiredService<DbSession>();
        var settings = scope.ServiceProvider.GetRequiredService<SettingsStore>();
        return await session.TransactAsync(async () =>
        {
            await LockAsync(session, CancellationToken.None);
            if (await settings.ReadAsync<FeatureState>(FeatureState.SettingName, CancellationToken.None) is not { } now || !Same(now.Enabled, before.Enabled))
                return false;
            await settings.WriteAsync(FeatureState.SettingName, after, CancellationToken.None);
            return true;
        }, CancellationToken.None);
    }

    /// <summary>Whoever changes which features are on waits here for the others, of all processes; SQLite has one writer anyway.</summary>
    private static async Task LockAsync(DbSession session, CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727004)", cancellationToken);
    }

    private Site BuildStrictly(IReadOnlyList<string> features, Database database)
    {
        try
        {
            return _builder.Build(_process.Catalog.Close(features), database);
        }
        catch (StartupFailedException e)
        {
            throw new SetupException("Module {0} cannot be started: {1}", e.Feature.Module.Id, e.InnerException!.Message);
        }
    }

    /// <summary>Leaves out modules whose startup throws, unless they are the ones asked for.</summary>
    private async Task<Site> BuildTolerantlyAsync(IReadOnlyList<string> enabled, IReadOnlyList<string> mustWork, CancellationToken cancellationToken)
    {
        var features = _process.Catalog.Close(enabled).ToList();
        while (true)
        {
            try
            {
                var site = _builder.Build(features, Database!);
                try
                {
                    await using var scope = site.CreateScope();
                    await InitializeAsync(scope.ServiceProvider, cancellationToken);
                }
                catch (InvalidModuleException e) when (features.FirstOrDefault(f => f.Module.Id == e.Module) is { } feature)
                {
                    await site.DisposeAsync();
                    throw new StartupFailedException(feature, e);
                }
                catch
                {
                    await site.DisposeAsync();
                    throw;
                }
                return site;
            }
            catch (StartupFailedException e)
            {
                if (mustWork.Contains(e.Feature.Id, StringComparer.OrdinalIgnoreCase))
                    throw new SetupException("Module {0} cannot be started: {1}", e.Feature.Module.Id, e.InnerException!.Message);
                _process.Report(new ModuleError(e.Feature.Module.Id, "The module's startup failed: {0}", e.InnerException!.Message));
                var on = features.Select(f => f.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
                var without = _process.Catalog.DependentsOf(e.Feature.Id, on).Select(f => f.Id).Append(e.Feature.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
                features.RemoveAll(f => without.Contains(f.Id));
            }
        }
    }

    private static async Task InitializeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        services.GetRequiredService<ActorContext>().Current = Actor.System("system");
        await services.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await services.GetRequiredService<ContentDefinitions>().ApplySchemaAsync(cancellationToken);
    }

    /// <summary>Starts a site's workers before it is put in force; one that cannot start changes nothing.</summary>
    private async Task StartAsync(Site site, CancellationToken cancellationToken)
    {
        if (!IsStarted)
            return;
        try
        {
            await site.StartAsync(cancellationToken);
        }
        catch (Exception e)
        {
            await site.DisposeAsync();
            // The process stops: that is nobody's fault.
            cancellationToken.ThrowIfCancellationRequested();
            _logger.LogError(e, "The new site cannot be started; the old one goes on");
            throw new SetupException("The site cannot be started with these features: {0}", e.Message);
        }
    }

    private async Task SwapAsync(Site site)
    {
        var old = Interlocked.Exchange(ref _current, site);
        lock (_retiring)
        {
            _retiring.RemoveAll(t => t.IsCompleted);
            if (old is not null)
                _retiring.Add(RetireAsync(old));
        }
        if (Swapped is null || !IsStarted)
            return;
        try
        {
            await Swapped(site);
        }
        catch (Exception e)
        {
            _logger.LogError(e, "The regular tasks of the new site cannot be scheduled");
        }
    }

    private async Task RetireAsync(Site site)
    {
        try
        {
            await site.RetireAsync();
        }
        catch (Exception e)
        {
            _logger.LogError(e, "The replaced site did not stop cleanly");
        }
    }

    private async Task<FeatureState?> ReadFeaturesAsync(CancellationToken cancellationToken)
    {
        await using var session = new DbSession(Database!);
        return await new SettingsStore(session, new SettingsCache(), TimeProvider.System).ReadAsync<FeatureState>(FeatureState.SettingName, cancellationToken);
    }

    private static bool Same(IReadOnlyList<string> one, IReadOnlyList<string> other)
        => one.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(other);

    public async ValueTask DisposeAsync()
    {
        Task[] retiring;
        lock (_retiring)
            retiring = [.. _retiring];
        await Task.WhenAll(retiring);
        if (_current is not null)
            await _current.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        _changing.Dispose();
    }
}
