using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;
using Crm.Platform.Recipes;
using Crm.Platform.Settings;

namespace Crm.Workflows;

internal sealed record WorkflowStepSettings : RecipeStepSettings
{
    /// <summary>Name of a template.</summary>
    public required string Template { get; init; }

    public bool Active { get; init; }
}

/// <summary><c>workflow</c>: a workflow from a template, in the site's language. One of that name stays as it is.</summary>
internal sealed class WorkflowStep(WorkflowTemplates templates, IContentManager content, QueryEngine queries, SettingsStore settings) : RecipeStep<WorkflowStepSettings>("workflow")
{
    protected override async Task ExecuteAsync(WorkflowStepSettings step, CancellationToken cancellationToken)
    {
        var template = templates.Find(step.Template) ?? throw new SetupException("There is no workflow template {0}", step.Template);
        if ((await queries.CountAsync(WorkflowType.TypeName, Filter.Eq(WorkflowType.Name, template.Label.En), cancellationToken)).Count > 0)
            return;
        var result = await content.SaveAsync(new ContentChange(WorkflowType.TypeName)
        {
            Values =
            {
                [WorkflowType.Name] = template.Label.En,
                [WorkflowType.ChineseName] = template.Label.Zh,
                [WorkflowType.Description] = settings.Site.Culture.StartsWith("zh", StringComparison.OrdinalIgnoreCase) && template.Description.Zh is { } chinese ? chinese : template.Description.En,
                [WorkflowType.IsActive] = step.Active,
                [WorkflowType.Definition] = template.For(settings.Site.Culture).Write(),
            },
        }, SaveOptions.Default, cancellationToken);
        if (!result.Succeeded)
            throw new SetupException("Workflow template {0}: {1}", template.Name, result.Errors is [var error, ..] ? error.Message.ToString() : result.Status);
    }
}
