using System.Globalization;
using System.Text.Json;
using Crm.Api.Problems;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Http;

namespace Crm.Api.Records;

/// <summary>Writes records as OData's JSON, with what was asked for around them: one query for each look-up, one for each list of each record.</summary>
internal sealed class RecordJson(QueryEngine queries)
{
    private const int FlushEvery = 100;

    /// <summary>Records around those of one page.</summary>
    private sealed record Around(Expansion Expansion, IReadOnlyDictionary<Guid, ContentItem> Records, IReadOnlyDictionary<Guid, QueryPage> Lists, IReadOnlyList<Around> Further);

    public static string Tag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    public async Task WriteOneAsync(HttpContext context, Selection selection, ContentItem item)
    {
        var around = await AroundAsync(selection, [item], context.RequestAborted);
        await using var json = Begin(context);
        Write(json, selection, item, around, Root(context), $"{Root(context)}/$metadata#{selection.Type.Name}/$entity");
        await json.FlushAsync(context.RequestAborted);
    }

    /// <param name="next">Address of the next page; null on the last.</param>
    public async Task WriteManyAsync(HttpContext context, Selection selection, IReadOnlyList<ContentItem> items, long? count, string? next)
    {
        var around = await AroundAsync(selection, items, context.RequestAborted);
        await using var json = Begin(context);
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{Root(context)}/$metadata#{selection.Type.Name}");
        if (count is { } total)
            json.WriteNumber("@odata.count", total);
        json.WriteStartArray("value");
        for (var i = 0; i < items.Count; i++)
        {
            Write(json, selection, items[i], around, Root(context), null);
            if (i % FlushEvery == FlushEvery - 1)
                await json.FlushAsync(context.RequestAborted);
        }
        json.WriteEndArray();
        if (next is not null)
            json.WriteString("@odata.nextLink", next);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>The API's address as the client sees it.</summary>
    public static string Root(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}/api";

    private static Utf8JsonWriter Begin(HttpContext context)
    {
        context.Response.ContentType = "application/json; odata.metadata=minimal; charset=utf-8";
        context.Response.Headers["OData-Version"] = "4.0";
        return new Utf8JsonWriter(context.Response.BodyWriter.AsStream(leaveOpen: true), ApiProblem.JsonOptions);
    }

    private async Task<IReadOnlyList<Around>> AroundAsync(Selection selection, IReadOnlyList<ContentItem> items, CancellationToken cancellationToken)
    {
        var all = new List<Around>(selection.Expansions.Count);
        foreach (var expansion in selection.Expansions)
        {
            if ((expansion.IsList || expansion.IsSeveral) && items.Count > ListRequest.PageSize)
                throw ApiException.Option("$expand", "A page with lists of other records has at most {0} records: give a smaller $top", ListRequest.PageSize);
            var records = expansion.IsList ? [] : await RecordsAsync(expansion, items, cancellationToken);
            var lists = expansion.IsList ? await ListsAsync(expansion, items, cancellationToken) : [];
            IReadOnlyList<ContentItem> found = [.. records.Values, .. lists.Values.SelectMany(l => l.Items)];
            all.Add(new(expansion, records, lists, await AroundAsync(expansion.Selection, found, cancellationToken)));
        }
        return all;
    }

    private async Task<Dictionary<Guid, ContentItem>> RecordsAsync(Expansion expansion, IReadOnlyList<ContentItem> items, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, ContentItem>();
        foreach (var ids in items.SelectMany(i => LinkedRecords.IdsOf(i[expansion.LookUp.Name])).Distinct().Chunk(QueryEngine.MaxTake))
        {
            var query = new Query(expansion.Selection.Type.Name)
            {
                Where = Filter.In(SystemFields.Id, ids.Select(id => (object?)id)),
                Columns = expansion.Selection.Columns,
                Sort = [SystemFields.Id],
                Take = QueryEngine.MaxTake,
            };
            foreach (var item in (await queries.ListAsync(query, cancellationToken)).Items)
                found[item.Id] = item;
        }
        return found;
    }

    private async Task<Dictionary<Guid, QueryPage>> ListsAsync(Expansion expansion, IReadOnlyList<ContentItem> items, CancellationToken cancellationToken)
    {
        var lists = new Dictionary<Guid, QueryPage>();
        foreach (var item in items)
            lists[item.Id] = await queries.ListAsync(new Query(expansion.Selection.Type.Name)
            {
                Where = Filter.And(Filter.Eq(expansion.LookUp.Name, item.Id), expansion.Where),
                Columns = expansion.Selection.Columns,
                Sort = expansion.Sort,
                Take = expansion.Take,
            }, cancellationToken);
        return lists;
    }

    private static void Write(Utf8JsonWriter json, Selection selection, ContentItem item, IReadOnlyList<Around> around, string root, string? context)
    {
        json.WriteStartObject();
        if (context is not null)
            json.WriteString("@odata.context", context);
        json.WriteString("@odata.etag", Tag(item.Version));
        foreach (var property in selection.Properties)
        {
            if (property.IsFile)
            {
                WriteFile(json, property, item[property.Field.Name] as StoredFile, $"{root}/{selection.Type.Name}/{item.Id:D}");
                continue;
            }
            json.WritePropertyName(property.Name);
            WriteValue(json, property, item[property.Field.Name]);
        }
        foreach (var each in around)
        {
            if (each.Expansion.IsList)
            {
                WriteList(json, each, item.Id, root);
                continue;
            }
            json.WritePropertyName(each.Expansion.Name);
            if (each.Expansion.IsSeveral)
                WriteSeveral(json, each, item, root);
            else if (item[each.Expansion.LookUp.Name] is Guid id && each.Records.TryGetValue(id, out var record))
                Write(json, each.Expansion.Selection, record, each.Further, root, null);
            else
                json.WriteNullValue();
        }
        json.WriteEndObject();
    }

    /// <summary>Those that the reader may see, in the order of the look-up.</summary>
    private static void WriteSeveral(Utf8JsonWriter json, Around around, ContentItem item, string root)
    {
        json.WriteStartArray();
        foreach (var id in LinkedRecords.IdsOf(item[around.Expansion.LookUp.Name]))
            if (around.Records.TryGetValue(id, out var record))
                Write(json, around.Expansion.Selection, record, around.Further, root, null);
        json.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter json, Around around, Guid id, string root)
    {
        var page = around.Lists[id];
        json.WriteStartArray(around.Expansion.Name);
        foreach (var record in page.Items)
            Write(json, around.Expansion.Selection, record, around.Further, root, null);
        json.WriteEndArray();
        if (page.Next is null)
            return;
        var filter = $"{around.Expansion.LookUp.Name} eq {id:D}" + (around.Expansion.FilterText is { } text ? $" and ({text})" : "");
        json.WriteString($"{around.Expansion.Name}@odata.nextLink", $"{root}/{around.Expansion.Selection.Type.Name}?$filter={Uri.EscapeDataString(filter)}");
    }

    /// <summary>Where its bytes are, and what is known of them; without any, no more than that there are none.</summary>
    private static void WriteFile(Utf8JsonWriter json, ApiProperty property, StoredFile? file, string record)
    {
        json.WriteString($"{property.Name}@odata.mediaContentType", file?.MediaType);
        if (file is null)
            return;
        json.WriteString($"{property.Name}@odata.mediaReadLink", record + property.FilePath);
        json.WriteString($"{property.Name}@{ApiModel.Namespace}.{ApiModel.FileName}", file.Name);
        json.WriteNumber($"{property.Name}@{ApiModel.Namespace}.{ApiModel.FileSize}", file.Size);
    }

    private static void WriteValue(Utf8JsonWriter json, ApiProperty property, object? value)
    {
        if (value is null)
            json.WriteNullValue();
        else if (property.IsCurrency)
            json.WriteStringValue(((Money)value).Currency);
        else if (property.Kind.ToJson(property.Field, value) is { } node)
            node.WriteTo(json);
        else
            json.WriteNullValue();
    }
}
