using System.Text;
using System.Text.Json.Nodes;
using Crm.Platform.Content;
using Crm.Platform.Files;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Api.Description;

/// <summary>The types as an OpenAPI 3.1 document.</summary>
internal sealed class OpenApiDescription(SettingsStore settings, IStringLocalizer localizer)
{
    public byte[] Write(ApiModel api)
    {
        var (paths, schemas) = (new JsonObject(), new JsonObject());
        foreach (var type in api.Types)
        {
            paths[$"/api/{type.Name}"] = new JsonObject { ["get"] = List(type), ["post"] = Save(type, "post") };
            paths[$"/api/{type.Name}/{{id}}"] = new JsonObject
            {
                ["parameters"] = OfOne(),
                ["get"] = Get(type),
                ["patch"] = Save(type, "patch"),
                ["delete"] = Delete(type),
            };
            foreach (var file in type.Properties.Where(p => p.IsFile))
                paths[$"/api/{type.Name}/{{id}}{file.FilePath}"] = Bytes(type, file);
            schemas[type.Name] = Schema(type, isWrite: false);
            schemas[$"{type.Name}Change"] = Schema(type, isWrite: true);
        }
        schemas["Problem"] = Problem();
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = settings.Site.Name, ["version"] = $"1.{api.Definitions.Version}", ["description"] = localizer["Records of every type, by OData v4. The same as CSDL: /api/$metadata"].Value },
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["schemas"] = schemas,
            },
        };
        return Encoding.UTF8.GetBytes(document.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private JsonObject List(ApiType type) => Operation(type, localizer["List {0}", Label(type)], "200", new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["value"] = new JsonObject { ["type"] = "array", ["items"] = Reference(type.Name) },
            ["@odata.count"] = new JsonObject { ["type"] = "integer" },
            ["@odata.nextLink"] = Text("uri"),
        },
    }, [.. new[] { "$filter", "$orderby", "$select", "$expand", "$search", "$skiptoken" }.Select(n => Option(n, Text(null))),
        Option("$top", Whole(Platform.Queries.QueryEngine.MaxTake)), Option("$skip", Whole(Records.ListRequest.MaxSkip)), Option("$count", new JsonObject { ["type"] = "boolean" })]);

    private JsonObject Get(ApiType type) => Operation(type, localizer["Read one"], "200", Reference(type.Name), Option("$select", Text(null)), Option("$expand", Text(null)));

    private JsonObject Save(ApiType type, string method)
    {
        var isNew = method == "post";
        var operation = Operation(type, isNew ? localizer["Create one"] : localizer["Change one"], isNew ? "201" : "200", Reference(type.Name),
            isNew ? [Header("Prefer", false)] : [Header("If-Match", true), Header("Prefer", false)]);
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Json(Reference($"{type.Name}Change"), "application/json") };
        return operation;
    }

    private JsonObject Delete(ApiType type) => Operation(type, localizer["Delete one"], "204", null, Header("If-Match", false));

    /// <summary>What is done with the bytes of a file. Their tag is the record's.</summary>
    private JsonObject Bytes(ApiType type, ApiProperty property)
    {
        var label = property.Field.Label.For(localizer);
        var path = new JsonObject { ["parameters"] = OfOne(), ["get"] = Operation(type, localizer["Read {0}", label], "200", null) };
        path["get"]!["responses"]!["200"]!["content"] = Binary(null);
        path["get"]!["responses"]!["204"] = new JsonObject { ["description"] = localizer["There is no file"].Value };
        if (property.IsReadOnly)
            return path;
        path["put"] = Operation(type, localizer["Replace {0}", label], "204", null, Header("If-Match", true), Header("Content-Disposition", false));
        path["put"]!["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Binary(property) };
        if (!property.Field.Required)
            path["delete"] = Operation(type, localizer["Remove {0}", label], "204", null, Header("If-Match", true));
        return path;
    }

    /// <param name="property">Whose limits hold for what is sent.</param>
    private static JsonObject Binary(ApiProperty? property)
    {
        var schema = new JsonObject { ["type"] = "string", ["format"] = "binary" };
        if (property is not null)
            schema["maxLength"] = (long)FileStore.MegabytesOf(property.Field) << 20;
        if (property is { Field.FileTypes.Count: > 0 })
            schema["x-file-types"] = new JsonArray([.. property.Field.FileTypes.Select(t => (JsonNode)t)]);
        return new JsonObject { ["*/*"] = new JsonObject { ["schema"] = schema } };
    }

    private static JsonArray OfOne() => new(new JsonObject { ["name"] = "id", ["in"] = "path", ["required"] = true, ["schema"] = Text("uuid") });

    private static JsonObject Operation(ApiType type, string summary, string status, JsonObject? answer, params JsonObject[] parameters)
    {
        var good = new JsonObject { ["description"] = "OK" };
        if (answer is not null)
            good["content"] = Json(answer, "application/json");
        return new JsonObject
        {
            ["tags"] = new JsonArray(type.Name),
            ["summary"] = summary,
            ["parameters"] = new JsonArray([.. parameters]),
            ["responses"] = new JsonObject
            {
                [status] = good,
                ["default"] = new JsonObject { ["description"] = "Problem", ["content"] = Json(Reference("Problem"), "application/problem+json") },
            },
        };
    }

    /// <param name="isWrite">Without what the system sets.</param>
    private JsonObject Schema(ApiType type, bool isWrite)
    {
        var properties = new JsonObject();
        if (!isWrite)
            properties["@odata.etag"] = Text(null);
        foreach (var property in type.Properties.Where(p => !isWrite || p is { IsReadOnly: false, IsFile: false }))
            properties[property.Name] = Property(property);
        foreach (var file in type.Properties.Where(p => !isWrite && p.IsFile))
        {
            properties[$"{file.Name}@odata.mediaContentType"] = new JsonObject { ["type"] = new JsonArray("string", "null") };
            properties[$"{file.Name}@odata.mediaReadLink"] = Text("uri");
            properties[$"{file.Name}@{ApiModel.Namespace}.{ApiModel.FileName}"] = Text(null);
            properties[$"{file.Name}@{ApiModel.Namespace}.{ApiModel.FileSize}"] = new JsonObject { ["type"] = "integer" };
        }
        if (!isWrite)
        {
            foreach (var link in type.Links)
                properties[link.Name] = link.IsSeveral ? Several(link.Target) : new JsonObject { ["anyOf"] = new JsonArray(Reference(link.Target.Name), new JsonObject { ["type"] = "null" }), ["description"] = "$expand" };
            foreach (var list in type.Lists)
                properties[list.Name] = Several(list.Type);
        }
        var schema = new JsonObject { ["type"] = "object", ["title"] = type.Definition.Label.For(localizer), ["properties"] = properties };
        if (isWrite)
        {
            schema["x-required-on-create"] = new JsonArray([.. type.Properties.Where(p => p.IsRequired).Select(p => (JsonNode)p.Name)]);
            schema["x-one-of"] = new JsonArray([.. type.Definition.OneOf.Select(o => new JsonArray([.. o.Fields.Where(f => type.Find(f) is not null).Select(f => (JsonNode)f)]))]);
        }
        return schema;
    }

    private static JsonObject Several(ContentTypeDefinition type) => new() { ["type"] = "array", ["items"] = Reference(type.Name), ["description"] = "$expand" };

    private JsonObject Property(ApiProperty property)
    {
        var schema = Of(property.EdmType, property.IsNullable);
        schema["title"] = property.Field.Label.For(localizer);
        if (property.Field.Help is { } help && !property.IsCurrency)
            schema["description"] = help.For(localizer);
        if (property.IsReadOnly)
            schema["readOnly"] = true;
        if (property is { IsCurrency: false, Field.MaxLength: { } length })
            schema["maxLength"] = length;
        if (property is { IsCurrency: false, Field.Min: { } min })
            schema["minimum"] = min;
        if (property is { IsCurrency: false, IsFile: false, Field.Max: { } max })
            schema["maximum"] = max;
        if (property.IsFile)
        {
            schema["readOnly"] = true;
            schema["x-media"] = property.FilePath;
        }
        if (property.Field is { Kind: "pickList", Open: false, Options.Count: > 0 } && !property.IsCurrency)
            schema["enum"] = new JsonArray([.. property.Field.Options.Select(o => (JsonNode?)o.Key).Append(null)]);
        if (property.Field.Target is { } target)
            schema["x-target"] = target;
        else if (property.Field.Kind == Platform.Fields.RecordLink.Kind)
            schema["x-target"] = "*";
        schema["x-kind"] = property.Field.Kind;
        schema["x-filter"] = new JsonArray([.. property.Operators.Select(o => (JsonNode)Word(o))]);
        schema["x-sort"] = property.IsSortable;
        return schema;
    }

    private static JsonObject Of(string edm, bool isNullable)
    {
        if (edm.StartsWith("Collection(", StringComparison.Ordinal))
            return new JsonObject { ["type"] = "array", ["items"] = Of(edm["Collection(".Length..^1], false) };
        var (type, format) = edm switch
        {
            "Edm.Int64" or "Edm.Int32" => ("integer", null),
            "Edm.Decimal" or "Edm.Double" => ("number", null),
            "Edm.Boolean" => ("boolean", null),
            "Edm.Date" => ("string", "date"),
            "Edm.DateTimeOffset" => ("string", "date-time"),
            "Edm.Guid" => ("string", "uuid"),
            "Edm.Untyped" or "Edm.Stream" => (null, null),
            _ => ("string", (string?)null),
        };
        var schema = new JsonObject();
        if (type is not null)
            schema["type"] = isNullable ? new JsonArray(type, "null") : type;
        if (format is not null)
            schema["format"] = format;
        return schema;
    }

    public static string Word(Platform.Fields.FilterOperator filter) => filter switch
    {
        Platform.Fields.FilterOperator.Equal => "eq",
        Platform.Fields.FilterOperator.NotEqual => "ne",
        Platform.Fields.FilterOperator.Greater => "gt",
        Platform.Fields.FilterOperator.GreaterOrEqual => "ge",
        Platform.Fields.FilterOperator.Less => "lt",
        Platform.Fields.FilterOperator.LessOrEqual => "le",
        _ => filter.ToString().ToLowerInvariant(),
    };

    private string Label(ApiType type) => type.Definition.PluralLabel.For(localizer);

    private static JsonObject Option(string name, JsonObject schema) => new() { ["name"] = name, ["in"] = "query", ["schema"] = schema };

    private static JsonObject Header(string name, bool required) => new() { ["name"] = name, ["in"] = "header", ["required"] = required, ["schema"] = Text(null) };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };

    private static JsonObject Json(JsonObject schema, string type) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Whole(int most) => new() { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = most };

    private static JsonObject Text(string? format) => format is null ? new() { ["type"] = "string" } : new() { ["type"] = "string", ["format"] = format };

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["title"] = Text(null),
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = Text(null),
            ["errors"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["field"] = Text(null), ["message"] = Text(null) } },
            },
        },
    };
}
