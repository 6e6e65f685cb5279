using Crm.Platform.Data;
using Crm.Platform.Jobs;

namespace Crm.Workflows;

/// <summary>Every night, removes instances that have been over for half a year, with their trace.</summary>
internal sealed class ForgetOldInstances(DbSession session, TimeProvider clock) : IBackgroundTask
{
    private const int DaysKept = 180;

    public string Name => "forget-old-workflow-instances";

    public string? Cron => "20 3 * * *";

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow().UtcDateTime.AddDays(-DaysKept);
        await session.TransactAsync(async () =>
        {
            await session.ExecuteAsync(new SqlText("DELETE FROM crm_workflow_trace WHERE instance IN (SELECT id FROM crm_workflow_instances WHERE finished_at < ").Append(ColumnType.DateTime, before).Append(")"), cancellationToken);
            await session.ExecuteAsync(new SqlText("DELETE FROM crm_workflow_instances WHERE finished_at < ").Append(ColumnType.DateTime, before), cancellationToken);
        }, cancellationToken);
    }
}
