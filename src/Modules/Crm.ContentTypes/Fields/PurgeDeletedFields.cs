using Crm.Platform.Content;
using Crm.Platform.Jobs;
using Microsoft.Extensions.Logging;

namespace Crm.ContentTypes.Fields;

/// <summary>Removes for good, each night, the fields that were deleted a month ago.</summary>
internal sealed class PurgeDeletedFields(ContentDefinitions definitions, TimeProvider clock, ILogger<PurgeDeletedFields> logger) : IBackgroundTask
{
    public const int DaysKept = 30;

    public string Name => "purge-fields";

    public string Cron => "20 3 * * *";

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow().UtcDateTime.AddDays(-DaysKept);
        foreach (var type in definitions.Current.Types.ToList())
            foreach (var field in type.Fields.Where(f => f.IsMade() && f.DeletedAt < before))
                if (await definitions.PurgeFieldAsync(type.Name, field.Name, cancellationToken) is { } problem)
                    logger.LogError("The deleted field {Field} of {Type} cannot be removed: {Problem}", field.Name, type.Name, problem);
    }
}
