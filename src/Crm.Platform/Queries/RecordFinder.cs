using Crm.Platform.Content;
using Crm.Platform.Fields;

namespace Crm.Platform.Queries;

/// <summary>Which records texts name, as look-ups understand them.</summary>
public sealed class RecordFinder(QueryEngine queries, FieldKinds kinds)
{
    /// <summary>Texts by which a look-up may name a record of the type: its name, or any text that is unique.</summary>
    public IReadOnlyList<FieldDefinition> Fields(ContentTypeDefinition type)
        => [.. type.Fields.Where(f => !f.Hidden && (f.Name == SystemFields.DisplayText || (f.Unique && IsText(f))))];

    /// <summary>Ids by folded text; each text is there, with no ids when it names nothing that the actor may see.</summary>
    public async Task<Dictionary<string, HashSet<Guid>>> FindAsync(ContentTypeDefinition type, IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, HashSet<Guid>>(StringComparer.Ordinal);
        foreach (var chunk in texts.Select(FieldKind.Fold).Distinct().Chunk(500))
        {
            foreach (var text in chunk)
                found[text] = [];
            // A query for each field, so that each can use its index.
            foreach (var field in Fields(type))
                await foreach (var (id, value) in FindAsync(type, field, chunk, cancellationToken))
                    if (found.TryGetValue((string)value, out var ids))
                        ids.Add(id);
        }
        return found;
    }

    /// <summary>
    /// Records with one of these values, and which one, all in the form in which the database compares them. Of users, too, who
    /// knows a user name or an e-mail address may name its user by it: files from elsewhere do.
    /// </summary>
    public async IAsyncEnumerable<(Guid Id, object Value)> FindAsync(ContentTypeDefinition type, FieldDefinition field, IEnumerable<object> values,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken, RecycleBin bin = RecycleBin.Without)
    {
        var query = new Query(type.Name) { Where = Filter.In(field.Name, values), Columns = [field.Name], Sort = [SystemFields.Id], Bin = bin, WithHidden = true };
        await foreach (var item in queries.StreamAsync(query, cancellationToken))
            if (kinds.Of(field).ToFilterValue(field, item[field.Name]) is { } value)
                yield return (item.Id, value);
    }

    private bool IsText(FieldDefinition field) => field.Kind != "pickList" && kinds.Of(field) is { IsSortable: true } kind && kind.ValueType == typeof(string);
}
