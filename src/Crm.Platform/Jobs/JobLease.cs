using System.Data.Common;
using Crm.Platform.Data;

namespace Crm.Platform.Jobs;

/// <summary>
/// The right of one worker among all processes to do a job. Its time of last change is the proof: whoever holds the lease
/// renews it, and whoever finds it older than the lease may take it, so that a killed worker's job goes on.
/// </summary>
internal sealed class JobLease(Database database, TimeProvider clock, Guid job)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private DateTime _stamp;

    /// <summary>The user who asked for the job, known once it is taken; null for the system.</summary>
    public Guid? AskedBy { get; private set; }

    /// <summary>Waits while another worker has the job. False when it is over, or there is none.</summary>
    public async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var session = new DbSession(database);
            var rows = await session.ReadAsync(new SqlText("SELECT status, updated_at, created_by FROM crm_jobs WHERE id = ").Append(ColumnType.Uuid, job),
                r => (Status: Enum.Parse<JobStatus>(r.GetString(0)), At: (DateTime)session.Dialect.Read(r, 1, ColumnType.DateTime)!, By: (Guid?)session.Dialect.Read(r, 2, ColumnType.Uuid)), cancellationToken);
            if (rows is not [var row] || row.Status is JobStatus.Done or JobStatus.Failed)
                return false;
            if (row.Status == JobStatus.Queued || row.At + Lease < clock.GetUtcNow().UtcDateTime)
            {
                (_stamp, AskedBy) = (row.At, row.By);
                if (await WriteAsync(session, row.Status, JobStatus.Running, default, cancellationToken))
                    return true;
            }
            await session.ReleaseAsync();
            await Task.Delay(Patience, clock, cancellationToken);
        }
    }

    /// <summary>Writes progress until cancelled. Ends the work when another worker has taken the job over.</summary>
    public async Task KeepAsync(JobProgress progress, CancellationTokenSource work, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal, clock);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (await RenewAsync(progress, cancellationToken))
                    continue;
                await work.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The work is over.
        }
    }

    private async Task<bool> RenewAsync(JobProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = new DbSession(database);
            return await WriteAsync(session, JobStatus.Running, JobStatus.Running, progress.Now, cancellationToken);
        }
        catch (DbException)
        {
            // A database out of reach ends the work by itself; until then the lease is tried again.
            return true;
        }
    }

    /// <summary>Says how the work ended; <see cref="JobStatus.Queued"/> leaves it to the next worker at once.</summary>
    public async Task EndAsync(JobStatus status, JobProgress progress, string? message)
    {
        await using var session = new DbSession(database);
        var (done, total, remark) = progress.Now;
        await WriteAsync(session, JobStatus.Running, status, (done, total, message ?? remark), CancellationToken.None);
    }

    private async Task<bool> WriteAsync(DbSession session, JobStatus before, JobStatus after, (long Done, long? Total, string? Message) progress, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var stamp = now > _stamp ? now : _stamp.AddMilliseconds(1);
        var written = await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_jobs SET status = {}, done = {}, total = {}, message = {}, updated_at = {} WHERE id = {} AND status = {} AND updated_at = {}",
            (ColumnType.Text, after.ToString()), (ColumnType.Integer, progress.Done), (ColumnType.Integer, progress.Total), (ColumnType.Text, progress.Message),
            (ColumnType.DateTime, stamp), (ColumnType.Uuid, job), (ColumnType.Text, before.ToString()), (ColumnType.DateTime, _stamp)), cancellationToken);
        if (written == 1)
            _stamp = stamp;
        return written == 1;
    }
}
