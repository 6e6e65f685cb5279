using System.Runtime.CompilerServices;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Search.Words;
using Lucene.Net.Documents;
using Lucene.Net.Util;

namespace Crm.Search.Indexing;

/// <summary>Makes the index's documents of records as they are in the database at this moment.</summary>
internal sealed class RecordDocuments(QueryEngine queries, FieldKinds kinds, Translations translations)
{
    private static readonly System.Globalization.CultureInfo Chinese = System.Globalization.CultureInfo.GetCultureInfo("zh-CN");

    /// <summary>The documents of those of the records that there are, with their ids.</summary>
    public async IAsyncEnumerable<(Guid Id, Document Document)> ReadAsync(TypePlan plan, IEnumerable<Guid> ids, string run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var chunk in ids.Distinct().Chunk(500))
            foreach (var item in (await queries.ListAsync(Query(plan) with { Where = Crm.Platform.Queries.Filter.In(SystemFields.Id, chunk.Cast<object?>()), Take = 500 }, cancellationToken)).Items)
                yield return (item.Id, Make(plan, item, run));
    }

    /// <summary>A page of a type's records in the order of their ids, and where the next one starts.</summary>
    public async Task<(List<Document> Documents, string? Next)> ReadPageAsync(TypePlan plan, string? after, int take, string run, CancellationToken cancellationToken)
    {
        var page = await queries.ListAsync(Query(plan) with { Take = take, After = after }, cancellationToken);
        return ([.. page.Items.Select(i => Make(plan, i, run))], page.Next);
    }

    private static Query Query(TypePlan plan)
        => new(plan.Type.Name) { Columns = [SystemFields.ModifiedAt, .. plan.Fields.Select(f => f.Field.Name)], Sort = [SystemFields.Id] };

    private Document Make(TypePlan plan, ContentItem item, string run)
    {
        var name = FieldKind.Fold(item.DisplayText);
        var texts = new List<string> { name };
        var links = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (field, role) in plan.Fields)
        {
            if (item[field.Name] is not { } value || field.Name == plan.Type.DisplayField)
                continue;
            if (role == FieldRole.Link)
            {
                if (item.DisplayOf(field.Name) is { } linked)
                    (links.TryGetValue(field.Target!, out var known) ? known : links[field.Target!] = []).Add(FieldKind.Fold(linked));
                continue;
            }
            texts.AddRange((role == FieldRole.Options ? Labels(field, value) : kinds.Of(field).SearchTexts(field, value)).Select(FieldKind.Fold));
        }

        var type = plan.Type.Name;
        var document = new Document
        {
            new StringField(IndexFields.Key, IndexFields.KeyOf(type, item.Id), Lucene.Net.Documents.Field.Store.YES),
            new StringField(IndexFields.Type, type, Lucene.Net.Documents.Field.Store.NO),
            new SortedDocValuesField(IndexFields.Type, new BytesRef(type)),
            new NumericDocValuesField(IndexFields.Modified, item.Get<DateTime>(SystemFields.ModifiedAt).Ticks),
            new StringField(IndexFields.Run, run, Lucene.Net.Documents.Field.Store.NO),
            new StringField(IndexFields.WholeName, name[..Math.Min(name.Length, SearchWords.MaxLength)], Lucene.Net.Documents.Field.Store.NO),
            IndexFields.Words(IndexFields.Name, IndexTerms.Of(name)),
            IndexFields.Words(IndexFields.Text, IndexTerms.Of(texts)),
            IndexFields.Terms(IndexFields.Digits, texts.SelectMany(IndexTerms.DigitsOf).Distinct()),
        };
        if (item.Owner is { } owner)
            document.Add(new StringField(IndexFields.Owner, owner.ToString("D"), Lucene.Net.Documents.Field.Store.NO));
        if (item.Team is { } team)
            document.Add(new StringField(IndexFields.Team, team.ToString("D"), Lucene.Net.Documents.Field.Store.NO));
        foreach (var (target, names) in links)
            document.Add(IndexFields.Words(IndexFields.Links(target), IndexTerms.Of(names)));
        return document;
    }

    private IEnumerable<string> Labels(FieldDefinition field, object value)
    {
        foreach (var key in value as IEnumerable<string> ?? [Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? ""])
        {
            if (field.Options.FirstOrDefault(o => o.Key == key)?.Label is not { } label)
                continue;
            yield return label.En;
            if ((label.Zh ?? translations.Find(Chinese, label.En)) is { } chinese && chinese != label.En)
                yield return chinese;
        }
    }
}
