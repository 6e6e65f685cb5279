using System.Globalization;
using Crm.Platform.Files;

namespace Crm.Platform.Display;

/// <summary>How a file is shown beside its name.</summary>
public static class FileTexts
{
    /// <summary>As people read sizes: <c>340 KB</c>, <c>1.2 MB</c>.</summary>
    public static string Size(long bytes) => bytes < 1024 * 1024
        ? string.Create(CultureInfo.CurrentCulture, $"{Math.Max(1, (bytes + 512) / 1024):N0} KB")
        : string.Create(CultureInfo.CurrentCulture, $"{bytes / 1048576m:N1} MB");

    /// <summary>Name of an icon, by what the name ends with.</summary>
    public static string Icon(StoredFile file) => FileNames.Ending(file.Name) switch
    {
        _ when file.IsImage => "photo",
        "pdf" => "file-type-pdf",
        "doc" or "docx" or "odt" or "rtf" or "txt" or "md" or "wps" => "file-text",
        "xls" or "xlsx" or "ods" or "csv" or "et" => "file-spreadsheet",
        "ppt" or "pptx" or "odp" or "dps" => "presentation",
        "zip" or "7z" or "rar" or "gz" or "tar" => "file-zip",
        "mp3" or "m4a" or "wav" or "ogg" => "file-music",
        "mp4" or "mov" or "webm" or "mkv" => "video",
        _ => "file",
    };
}
