using System.Collections.Concurrent;
using System.Globalization;

namespace Crm.Api.Description;

/// <summary>Descriptions of the API as long as no definition changes. They differ by what their reader may see.</summary>
internal sealed class DescriptionCache
{
    private const int Most = 100;

    private readonly ConcurrentDictionary<(string Form, string Seen), (long Version, byte[] Bytes)> _made = new();

    public byte[] Get(string form, ApiModel model, Func<byte[]> make)
    {
        var seen = string.Join(' ', model.Types.Select(t => t.IsNamesOnly ? $"{t.Name}-" : t.Name)) + CultureInfo.CurrentUICulture.Name;
        var version = model.Definitions.Version;
        if (_made.TryGetValue((form, seen), out var known) && known.Version == version)
            return known.Bytes;
        if (_made.Count >= Most)
            _made.Clear();
        var bytes = make();
        _made[(form, seen)] = (version, bytes);
        return bytes;
    }
}
