using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Platform.Jobs;

/// <summary>
/// Gives a field's value to all records in which it is empty, in small transactions between which others read and
/// write. What somebody writes meanwhile stays. Killed, it goes on where it was: what is filled is no longer empty.
/// </summary>
internal sealed class FillFieldTask(QueryEngine queries, IContentManager content, ActorContext actor, JobProgress progress) : IBackgroundTask
{
    public const string TaskName = "fill-field";

    private const int BatchSize = 500;

    public string Name => TaskName;

    public static Dictionary<string, string> Data(string type, string field, string value) => new() { ["type"] = type, ["field"] = field, ["value"] = value };

    // Whoever may add a field fills it in all records, those out of sight included.
    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
        => actor.AsSystemAsync(() => FillAsync(data, cancellationToken));

    private async Task FillAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var (type, field, value) = (data["type"], data["field"], data["value"]);
        var empty = Filter.Eq(field, null);
        var total = (await queries.CountAsync(type, empty, cancellationToken, exact: true)).Count;
        var (done, refused) = (0L, 0L);
        for (bool again = true; again;)
        {
            (again, refused) = (false, 0);
            string? after = null;
            do
            {
                var page = await queries.ListAsync(new Query(type) { Where = empty, Columns = [], Sort = [SystemFields.Id], Take = BatchSize, After = after }, cancellationToken);
                var changes = page.Items.Select(i => new ContentChange(type) { Id = i.Id, Version = i.Version, Texts = { [field] = value } }).ToList();
                foreach (var result in await content.SaveManyAsync(type, changes, SaveOptions.Default, cancellationToken))
                {
                    if (result.Status == SaveStatus.Invalid && result.Errors.FirstOrDefault(e => e.Field == field) is { } error)
                        throw new InvalidOperationException($"Field {field} of {type} cannot be filled: {error.Message}");
                    // Somebody wrote the record since it was read: it is looked at again, whether it is still empty.
                    again |= result.Status == SaveStatus.Conflict;
                    done += result.Succeeded ? 1 : 0;
                    refused += result.Status is SaveStatus.Invalid or SaveStatus.Forbidden ? 1 : 0;
                }
                progress.Report(done, Math.Max(total, done), refused == 0 ? null : "Some records were refused");
                after = page.Next;
            }
            while (after is not null);
        }
    }
}
