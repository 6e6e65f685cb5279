using System.Globalization;
using Crm.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Crm.Api.Records;

/// <summary>What the headers of a request ask for (RFC 7240, RFC 9110).</summary>
internal static class Preferences
{
    private const string PageSizeName = "maxpagesize=";

    public static bool IsMinimal(HttpRequest request) => All(request).Contains("return=minimal", StringComparer.OrdinalIgnoreCase);

    public static int? PageSize(HttpRequest request)
    {
        foreach (var preference in All(request))
        {
            var name = preference.StartsWith("odata.", StringComparison.OrdinalIgnoreCase) ? preference["odata.".Length..] : preference;
            if (name.StartsWith(PageSizeName, StringComparison.OrdinalIgnoreCase) && int.TryParse(name[PageSizeName.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                return size;
        }
        return null;
    }

    /// <summary>The version that a change is made to; null for whatever it is.</summary>
    public static long? Version(HttpRequest request)
        => TryVersion(request, out var version) ? version
            : throw new ApiException(StatusCodes.Status428PreconditionRequired, "Say which state of the record you change: send its @odata.etag as If-Match, or * for whatever it is now");

    /// <summary>The version that <c>If-Match</c> names; null for whatever it is. False without that header.</summary>
    public static bool TryVersion(HttpRequest request, out long? version)
    {
        version = null;
        if (request.Headers.IfMatch.Count == 0)
            return false;
        if (request.GetTypedHeaders().IfMatch is not [var tag])
            throw new ApiException(StatusCodes.Status400BadRequest, "If-Match names one tag, in double quotes");
        if (tag.Tag != "*")
            // A tag that never was ours is one that is not current.
            version = long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : -1;
        return true;
    }

    private static IEnumerable<string> All(HttpRequest request)
        => request.Headers["Prefer"].SelectMany(h => h!.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
