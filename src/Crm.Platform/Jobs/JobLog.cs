using System.Data.Common;
using System.Text.Json;
using Crm.Platform.Data;
using Crm.Platform.Security;

namespace Crm.Platform.Jobs;

public enum JobStatus
{
    Queued,
    Running,
    Done,
    Failed,
}

/// <summary>Work that was asked for, and how far it is.</summary>
/// <param name="Total">What <paramref name="Done"/> grows to; null when nobody knows.</param>
/// <param name="Message">Why it failed, or a remark.</param>
public sealed record Job(Guid Id, string Task, IReadOnlyDictionary<string, string> Data, JobStatus Status, long Done, long? Total, string? Message, DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>The jobs in <c>crm_jobs</c>. The schedule itself is the scheduler's.</summary>
public sealed class JobLog(DbSession session, ActorContext actor, TimeProvider clock)
{
    private const string Select = "SELECT id, task, data, status, done, total, message, created_at, updated_at FROM crm_jobs";

    public async Task<Job?> FindAsync(Guid id, CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText($"{Select} WHERE id = ").Append(ColumnType.Uuid, id), Read, cancellationToken)) is [var job] ? job : null;

    /// <summary>The latest, newest first.</summary>
    public Task<List<Job>> ListAsync(int take, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText($"{Select} ORDER BY id DESC LIMIT ").Append(ColumnType.Integer, (long)take), Read, cancellationToken);

    internal async Task<Guid> AddAsync(string task, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var now = clock.Now();
        await session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_jobs (id, task, data, status, done, created_at, created_by, updated_at) VALUES ({}, {}, {}, {}, 0, {}, {}, {})",
            (ColumnType.Uuid, id), (ColumnType.Text, task), (ColumnType.Text, JsonSerializer.Serialize(data)), (ColumnType.Text, nameof(JobStatus.Queued)),
            (ColumnType.DateTime, now), (ColumnType.Uuid, actor.Current.UserId), (ColumnType.DateTime, now)), cancellationToken);
        return id;
    }

    internal Task RemoveAsync(Guid id, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText("DELETE FROM crm_jobs WHERE id = ").Append(ColumnType.Uuid, id), cancellationToken);

    /// <summary>Forgets jobs that ended before a time.</summary>
    internal Task ForgetAsync(DateTime before, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append("DELETE FROM crm_jobs WHERE status IN ({}, {}) AND updated_at < {}",
            (ColumnType.Text, nameof(JobStatus.Done)), (ColumnType.Text, nameof(JobStatus.Failed)), (ColumnType.DateTime, before)), cancellationToken);

    private Job Read(DbDataReader reader)
    {
        var d = session.Dialect;
        return new Job(
            (Guid)d.Read(reader, 0, ColumnType.Uuid)!, reader.GetString(1), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(2))!,
            Enum.Parse<JobStatus>(reader.GetString(3)), reader.GetInt64(4), (long?)d.Read(reader, 5, ColumnType.Integer), (string?)d.Read(reader, 6, ColumnType.Text),
            (DateTime)d.Read(reader, 7, ColumnType.DateTime)!, (DateTime)d.Read(reader, 8, ColumnType.DateTime)!);
    }
}

/// <summary>How work went is told for a month.</summary>
internal sealed class ForgetJobs(JobLog log, TimeProvider clock) : IBackgroundTask
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(30);

    public string Name => "forget-jobs";

    public string Cron => "40 3 * * *";

    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken) => log.ForgetAsync(clock.GetUtcNow().UtcDateTime - Age, cancellationToken);
}
