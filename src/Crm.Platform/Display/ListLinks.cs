using Crm.Platform.Content;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Http;

namespace Crm.Platform.Display;

/// <summary>Addresses of lists, so that every number can lead to the records behind it.</summary>
public static class ListLinks
{
    /// <param name="sort">Paths with commas between them, <c>-</c> before one that descends.</param>
    public static string Of(ContentTypeDefinition type, Filter? filter = null, string? search = null, string? sort = null)
        => Of(type.Path, ("q", search), ("filter", filter is null ? null : FilterWriter.Write(filter)), ("sort", sort));

    /// <summary>A path with those of the values that are not empty.</summary>
    public static string Of(string path, params IEnumerable<(string Name, string? Value)> query)
        => path + QueryString.Create(query.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => KeyValuePair.Create(p.Name, p.Value)));
}
