using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.Platform.Jobs;

/// <summary>
/// Gives a field's value to all records in which it is empty, in small transactions between which others read and
/// write. Killed, it goes on where it was: what is filled is no longer empty.
/// </summary>
internal sealed class FillFieldTask(QueryEngine queries, IContentManager content) : IBackgroundTask
{
    public const string TaskName = "fill-field";

    public string Name => TaskName;

    public static Dictionary<string, string> Data(string type, string field, string value) => new() { ["type"] = type, ["field"] = field, ["value"] = value };

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var (type, field, value) = (data["type"], data["field"], data["value"]);
        string? after = null;
        do
        {
            var page = await queries.ListAsync(new Query(type) { Where = Filter.Eq(field, null), Columns = [], Sort = [SystemFields.Id], Take = 500, After = after }, cancellationToken);
            var changes = page.Items.Select(i => new ContentChange(type) { Id = i.Id, Texts = { [field] = value } }).ToList();
            var results = await content.SaveManyAsync(type, changes, SaveOptions.Default, cancellationToken);
            if (results.FirstOrDefault(r => r.Status == SaveStatus.Invalid && r.Errors.Any(e => e.Field == field)) is { } refused)
                throw new InvalidOperationException($"Field {field} of {type} cannot be filled: {refused.Errors[0].Message}");
            after = page.Next;
        }
        while (after is not null);
    }
}
