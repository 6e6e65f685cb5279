using System.Text.Json;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.Workflows;

/// <summary>
/// What holds for workflows whoever saves them: a definition that would not run is refused, a changed one becomes a new
/// version, and the moment from which it is on is kept.
/// </summary>
/// <param name="services">The check has all activities made: it is fetched when there is a definition to look at.</param>
internal sealed class WorkflowRules(IServiceProvider services, WorkflowStore store, InstanceStore instances, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != WorkflowType.TypeName)
            return;
        foreach (var save in saves)
        {
            if (save.Changed.Contains(WorkflowType.Definition) && save.After.Get<string>(WorkflowType.Definition) is { } json)
                await CheckAsync(save, json, cancellationToken);
            var isActive = save.After.Get<bool?>(WorkflowType.IsActive) == true;
            if (isActive && save.Before?.Get<bool?>(WorkflowType.IsActive) != true)
                save.Set(WorkflowType.ActiveSince, instances.Now);
        }
    }

    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != WorkflowType.TypeName)
            return;
        foreach (var save in saves.Where(s => s.Changed.Contains(WorkflowType.VersionNumber)))
            await store.AddVersionAsync(save.After.Id, (int)save.After.Get<decimal>(WorkflowType.VersionNumber), save.After.Get<string>(WorkflowType.Definition)!, actor.Current.UserId, cancellationToken);
    }

    /// <summary>What is under way ends with its workflow; restoring the workflow does not bring it back.</summary>
    public async ValueTask DeletedAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name == WorkflowType.TypeName)
            await instances.CancelAllAsync(item.Id, new Message("The workflow was deleted"), cancellationToken);
    }

    private async Task CheckAsync(PendingSave save, string json, CancellationToken cancellationToken)
    {
        WorkflowDefinition definition;
        try
        {
            definition = WorkflowDefinition.Read(json);
        }
        catch (JsonException e)
        {
            save.Error(WorkflowType.Definition, new("The definition is not valid: {0}", e.Message));
            return;
        }
        foreach (var error in await services.GetRequiredService<DefinitionCheck>().FindAsync(definition, cancellationToken))
            save.Error(WorkflowType.Definition, error.ToMessage());
        save.Set(WorkflowType.VersionNumber, (decimal)(await store.LastNumberAsync(save.After.Id, cancellationToken) + 1));
    }
}
