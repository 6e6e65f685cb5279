using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Api.Description;

/// <param name="Shown">The type whose properties are listed.</param>
internal sealed record ReferencePage(IReadOnlyList<ApiType> Types, ApiType Shown, string Root);

/// <summary>The API for people to read: types and properties as they are now, each with its form and what filters it.</summary>
[RequirePermission(ApiPermissions.Use)]
internal sealed class ReferenceController(ApiModel model) : Controller
{
    private const string First = "customers";

    [HttpGet("/profile/api"), HttpGet("/profile/api/{type}")]
    public IActionResult Index(string? type)
    {
        var types = model.Types.ToList();
        var shown = type is null
            ? types.FirstOrDefault(t => t.Name == First) ?? types.FirstOrDefault()
            : types.FirstOrDefault(t => string.Equals(t.Name, type, StringComparison.OrdinalIgnoreCase));
        return shown is null ? NotFound() : View("Index", new ReferencePage(types, shown, Records.RecordJson.Root(HttpContext)));
    }

    /// <summary>How a value looks in JSON.</summary>
    public static string Example(ApiProperty property) => property.EdmType switch
    {
        "Edm.Int64" => "42",
        "Edm.Decimal" => "12.5",
        "Edm.Boolean" => "true",
        "Edm.Date" => "\"2026-03-31\"",
        "Edm.DateTimeOffset" => "\"2026-03-31T14:30:00Z\"",
        "Edm.Stream" => $"…{property.FilePath}",
        "Edm.Guid" => "\"0198c1c2-…\"",
        _ when property.IsCurrency => "\"CNY\"",
        _ when property.Field is { Kind: "pickList", Options: [var option, ..] } => $"\"{option.Key}\"",
        "Edm.String" => "\"…\"",
        var other => other.StartsWith("Collection", StringComparison.Ordinal) ? "[…]" : "{…}",
    };
}
