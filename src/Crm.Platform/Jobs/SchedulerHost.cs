using System.Globalization;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Quartz.Extensibility;

namespace Crm.Platform.Jobs;

/// <summary>
/// Runs one firing of the named task. It must be idempotent: a firing that a kill or a shutdown interrupted is
/// run again. An exception is logged, and the firing is over.
/// </summary>
internal delegate Task TaskDispatch(string taskName, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken);

/// <summary>
/// The process's scheduler. It outlives the sites that come and go when features change, so it knows no task
/// itself: each firing is handed to <paramref name="dispatch"/>, which finds the task in the current site.
/// Schedules and what was asked for but has not run are kept in the database (tables <c>qrtz_*</c>, made at start).
/// Firings of one task name never overlap, in the whole cluster.
/// </summary>
internal sealed class SchedulerHost(
    Database database,
    TaskDispatch dispatch,
    TimeProvider timeProvider,
    ILoggerFactory loggerFactory) : IAsyncDisposable
{
    /// <summary>Also the <c>sched_name</c> of every row: changing it orphans what is stored.</summary>
    private const string SchedulerName = "crm";
    private const string CronGroup = "cron";
    private const string OnceGroup = "once";
    private const string TaskGroup = "task";
    private const int Concurrency = 4;

    private StandaloneSchedulerFactory? _factory;
    private IScheduler? _scheduler;

    private IScheduler Scheduler => _scheduler ?? throw new InvalidOperationException("The scheduler is not started.");

    /// <summary>Creates missing tables, takes up what an earlier process left unfinished, and begins to fire.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_scheduler is not null)
            throw new InvalidOperationException("The scheduler is already started.");

        var factory = QuartzSchedulerBuilder.Create(Configure).Build();
        try
        {
            var scheduler = await factory.GetScheduler(cancellationToken);
            await scheduler.Start(cancellationToken);
            (_factory, _scheduler) = (factory, scheduler);
        }
        catch
        {
            await factory.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops firing and asks running tasks to end through their token. A task that then throws
    /// <see cref="OperationCanceledException"/> is run again after the next start.
    /// </summary>
    /// <param name="waitForJobs">Whether to return only when the running tasks have ended.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task StopAsync(bool waitForJobs, CancellationToken cancellationToken = default)
    {
        if (_scheduler is null)
            return;

        await _scheduler.Shutdown(waitForJobs, cancellationToken);
        _scheduler = null;
        await _factory!.DisposeAsync();
        _factory = null;
    }

    /// <summary>
    /// Runs the task by a schedule until <see cref="UnscheduleAsync"/>. Calling it again with the same values changes
    /// nothing, so that a firing missed while the process was down is still made up for, once.
    /// </summary>
    /// <param name="name">The task.</param>
    /// <param name="cron">Five fields (minute first, as in crontab) or Quartz's six or seven (second first); UTC.</param>
    /// <param name="data">Handed to every firing.</param>
    /// <param name="cancellationToken">Cancels the call, not the schedule.</param>
    /// <exception cref="FormatException">The expression is not valid.</exception>
    public async Task ScheduleCronAsync(string name, string cron, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken = default)
    {
        var key = new TriggerKey(name, CronGroup);
        var trigger = TriggerBuilder.Create()
            .WithIdentity(key)
            .ForJob(KeyOf(name))
            .UsingJobData(ToMap(data))
            .WithSchedule(CronScheduleBuilder.Create(cron, FormatOf(cron))
                .InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();

        if (await Scheduler.GetTrigger(key, cancellationToken) is ICronTrigger stored
            && stored.CronExpressionString == ((ICronTrigger)trigger).CronExpressionString
            && stored.TimeZone.Equals(TimeZoneInfo.Utc)
            && SameData(ToData(stored.JobDataMap), data))
            return;

        await StoreAsync(name, trigger, cancellationToken);
    }

    /// <summary>
    /// Runs the task once, as soon as a worker is free and no other firing of the same task is running. Several
    /// calls are several firings, each with its own data. What was accepted survives a kill.
    /// </summary>
    public Task EnqueueAsync(string name, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken = default)
    {
        var id = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);
        var trigger = TriggerBuilder.Create()
            .WithIdentity(name + "." + id, OnceGroup)
            .ForJob(KeyOf(name))
            .UsingJobData(ToMap(data))
            .StartAt(timeProvider.GetUtcNow())
            .WithSchedule(SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
            .Build();
        return StoreAsync(name, trigger, cancellationToken);
    }

    /// <summary>Ends the task's schedule. Firings already asked for by <see cref="EnqueueAsync"/> still run.</summary>
    /// <returns>Whether there was a schedule.</returns>
    public async Task<bool> UnscheduleAsync(string name, CancellationToken cancellationToken = default) =>
        await Scheduler.UnscheduleJob(new TriggerKey(name, CronGroup), cancellationToken);

    public async ValueTask DisposeAsync() => await StopAsync(waitForJobs: true);

    private void Configure(IQuartzBuilder quartz)
    {
        // Quartz uses the container's factory only where there is a provider too; otherwise its logs go nowhere.
        quartz.Services.AddSingleton(loggerFactory);
        quartz.Services.AddSingleton<ILoggerProvider>(NullLoggerProvider.Instance);
        quartz.UseTimeProvider(timeProvider);
        quartz.UseJobFactory(new DispatchJobFactory(dispatch));
        quartz.UseDefaultThreadPool(Concurrency);
        quartz.ConfigureScheduler(options =>
        {
            options.InstanceName = SchedulerName;
            options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
        });
        quartz.UsePersistentStore(store =>
        {
            store.ConfigureStore(options =>
            {
                options.TablePrefix = "qrtz_";
                options.StoreJobDataAsStrings = true;
                options.RecoverFiringsCancelledByShutdown = true;
                // A firing later than this counts as missed: of several missed ones of a schedule, one is made up for.
                options.MisfireThreshold = TimeSpan.FromSeconds(10);
            });
            store.ProvisionSchema();
            if (database.Provider == DatabaseProvider.Postgres)
            {
                store.UsePostgres(Npgsql.NpgsqlFactory.Instance, database.ConnectionString);
                store.UseClustering();
            }
            else
            {
                store.UseSqlite(Microsoft.Data.Sqlite.SqliteFactory.Instance, database.ConnectionString);
            }
        });
    }

    /// <summary>Stores the task's job, which all its triggers share, and the trigger in one transaction.</summary>
    private async Task StoreAsync(string name, ITrigger trigger, CancellationToken cancellationToken)
    {
        var job = JobBuilder.Create<DispatchJob>()
            .WithIdentity(KeyOf(name))
            .StoreDurably()
            .RequestRecovery()
            .Build();
        await Scheduler.ScheduleJob(job, [trigger], ScheduleJobOptions.Replacing, cancellationToken);
    }

    private static JobKey KeyOf(string name) => new(name, TaskGroup);

    private static CronFormat FormatOf(string cron) =>
        cron.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length == 5
            ? CronFormat.Unix
            : CronFormat.Quartz;

    private static JobDataMap ToMap(IReadOnlyDictionary<string, string> data)
    {
        var map = new JobDataMap(data.Count);
        foreach (var (key, value) in data)
            map[key] = value;
        return map;
    }

    /// <summary>Without what Quartz adds for itself (recovery, tracing).</summary>
    private static Dictionary<string, string> ToData(JobDataMap map) => map
        .Where(entry => entry.Value is string && !entry.Key.StartsWith("QRTZ_", StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);

    private static bool SameData(Dictionary<string, string> stored, IReadOnlyDictionary<string, string> data) =>
        stored.Count == data.Count && data.All(entry => stored.TryGetValue(entry.Key, out var value) && value == entry.Value);

    /// <summary>Its full name is stored with each job: moving or renaming it needs a migration or a Quartz type alias.</summary>
    [DisallowConcurrentExecution]
    private sealed class DispatchJob(TaskDispatch dispatch) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
            await dispatch(context.JobDetail.Key.Name, ToData(context.MergedJobDataMap), cancellationToken);
    }

    private sealed class DispatchJobFactory(TaskDispatch dispatch) : IJobFactory
    {
        public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new JobScope(new DispatchJob(dispatch)));

        public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
