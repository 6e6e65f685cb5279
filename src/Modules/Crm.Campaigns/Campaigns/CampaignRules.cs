using Crm.Platform.Content;
using Crm.Platform.Fields;

namespace Crm.Campaigns.Campaigns;

/// <summary>A campaign ends after it begins.</summary>
internal sealed class CampaignRules : IContentHandler
{
    public ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name == CampaignType.Name)
            foreach (var save in saves)
                if (save.After["startDate"] is DateOnly start && save.After["endDate"] is DateOnly end && end < start)
                    save.Error("endDate", new("The campaign cannot end before it begins"));
        return ValueTask.CompletedTask;
    }
}
