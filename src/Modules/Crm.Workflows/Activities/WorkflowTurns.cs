using Crm.Platform.Data;

namespace Crm.Workflows;

/// <summary>Numbers for what must happen one after the other, in <c>crm_workflow_turns</c>.</summary>
public sealed class WorkflowTurns(DbSession session)
{
    /// <summary>
    /// The key's next number. Its row stays locked until the transaction under way ends, so that two workers never have the
    /// same, and the second sees what the first has done.
    /// </summary>
    /// <param name="key">At most 200 characters.</param>
    public Task<long> NextAsync(string key, CancellationToken cancellationToken)
        => session.CountAsync(new SqlText().Append(
            "INSERT INTO crm_workflow_turns (key, turn) VALUES ({}, 1) ON CONFLICT (key) DO UPDATE SET turn = crm_workflow_turns.turn + 1 RETURNING turn", (ColumnType.Text, key)), cancellationToken);
}
