using Microsoft.Extensions.Localization;

namespace Crm.Platform.Display;

/// <summary>Lengths of time as people say them: the two largest units, without one that is nothing.</summary>
public static class Durations
{
    public static string InWords(long minutes, IStringLocalizer localizer) => minutes switch
    {
        < 60 => localizer["{0} min", minutes],
        < 24 * 60 => minutes % 60 == 0 ? localizer["{0} h", minutes / 60] : localizer["{0} h {1} min", minutes / 60, minutes % 60],
        _ => minutes / 60 % 24 == 0 ? localizer["{0} d", minutes / 60 / 24] : localizer["{0} d {1} h", minutes / 60 / 24, minutes / 60 % 24],
    };
}
