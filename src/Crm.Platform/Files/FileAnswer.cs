using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Crm.Platform.Files;

/// <summary>
/// Sends a file so that nothing in it can act in the site's name: pictures are drawn, everything else is downloaded as
/// mere bytes, and a browser that opens it all the same does so without scripts, forms or the site's origin.
/// </summary>
public static class FileAnswer
{
    /// <param name="tag">Names the state of what the answer is about, in quotes; null where that is the file alone, which never changes.</param>
    public static IActionResult Send(HttpContext context, FileStore files, StoredFile file, string? tag = null)
    {
        if (files.Find(file.Id) is not { } path)
            return new NotFoundResult();
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = "private, no-cache";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return new PhysicalFileResult(path, file.IsImage ? file.MediaType : FileSignature.Unknown)
        {
            // With a name it is an attachment (RFC 6266), with the name's letters in UTF-8.
            FileDownloadName = file.IsImage ? null : file.Name,
            EntityTag = new EntityTagHeaderValue(tag ?? $"\"{file.Id:N}\""),
            EnableRangeProcessing = true,
        };
    }
}
