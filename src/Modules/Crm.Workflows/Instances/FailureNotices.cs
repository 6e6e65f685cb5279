using System.Globalization;
using Crm.Notifications;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>Tells whoever answers for a workflow that a run of it has failed, once a day however many do.</summary>
internal sealed class FailureNotices(NotificationCenter notifications, Assignees assignees, InstanceStore instances)
{
    public async Task TellAsync(Instance instance, WorkflowName workflow, CancellationToken cancellationToken)
    {
        var key = $"workflow-failed:{workflow.Id:N}:{instances.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        if (await assignees.AnswersForAsync(workflow, cancellationToken) is { } person)
            await notifications.NotifyAsync(person.Id, key, new Message("A run of the workflow “{0}” has failed", workflow.Name), $"/admin/workflows/instances/{instance.Id}", cancellationToken);
    }
}
