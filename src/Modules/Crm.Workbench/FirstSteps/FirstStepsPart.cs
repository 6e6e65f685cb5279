using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Workbench.Stars;

namespace Crm.Workbench.FirstSteps;

internal sealed record FirstStep(string Icon, LocalizedText Title, LocalizedText Text, string Url, LocalizedText Action, bool IsDone);

/// <summary>What a new user does first; each is gone once it is done.</summary>
internal sealed class FirstStepsPart(StarStore stars, QueryEngine queries, ContentDefinitions definitions, EnabledFeatures features, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.HomeMain;

    /// <summary>After what is to be done.</summary>
    public int Order => 20;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var steps = new List<FirstStep>();
        if (Creatable("customers") is { } customers)
        {
            var imports = features.Contains("Crm.DataTransfer") && actor.Current.Can(customers, ContentActions.Import);
            steps.Add(imports
                ? new(customers.Icon, "Bring in your customers", "From a spreadsheet, or type the first one in.", $"{customers.Path}/import", "Import customers", await HasAnyAsync(customers, null, cancellationToken))
                : new(customers.Icon, "Add your first customer", "A name is enough to begin with.", $"{customers.Path}/new", "New customer", await HasAnyAsync(customers, null, cancellationToken)));
        }
        if (Creatable("activities") is { } activities)
            steps.Add(new(activities.Icon, "Plan the next step", "A call or a task with a time: you will be reminded when it is due.", $"{activities.Path}/new", "New task", await HasAnyAsync(activities, Filter.Eq(SystemFields.Owner, "@me"), cancellationToken)));
        if (definitions.Current.Find("customers") is { } starrable && actor.Current.CanOpen(starrable))
            steps.Add(new("star", "Star who matters most", "Click the star before a name; starred records stay here on Home.", starrable.Path, "Choose customers", (await stars.AllAsync(cancellationToken)).Count > 0));
        steps.RemoveAll(s => s.IsDone);
        return steps.Count > 0 ? new("_FirstSteps", steps) : null;
    }

    private ContentTypeDefinition? Creatable(string type)
        => definitions.Current.Find(type) is { } found && actor.Current.Can(found, ContentActions.Create) ? found : null;

    private async Task<bool> HasAnyAsync(ContentTypeDefinition type, Filter? where, CancellationToken cancellationToken)
        => (await queries.ListAsync(new Query(type.Name) { Where = where, Columns = [], Sort = [SystemFields.Id], Take = 1 }, cancellationToken)).Items.Count > 0;
}
