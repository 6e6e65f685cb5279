using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Localization;

/// <summary>Translations of the enabled modules: English text to Chinese, from each one's <c>Localization/zh-CN.json</c>.</summary>
public sealed class Translations
{
    private readonly Dictionary<string, Dictionary<string, string>> _byCulture = new(StringComparer.OrdinalIgnoreCase);

    public Translations(IEnumerable<Assembly> assemblies)
    {
        foreach (var assembly in assemblies)
            foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("Localization/", StringComparison.Ordinal)))
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
                var culture = Path.GetFileNameWithoutExtension(name);
                if (!_byCulture.TryGetValue(culture, out var all))
                    _byCulture[culture] = all = new(StringComparer.Ordinal);
                foreach (var (english, translation) in texts)
                    all[english] = translation;
            }
    }

    public string? Find(CultureInfo culture, string english)
    {
        for (var c = culture; c.Name.Length > 0; c = c.Parent)
            if (_byCulture.TryGetValue(c.Name, out var texts) && texts.TryGetValue(english, out var translation))
                return translation;
        // Any Chinese is better served by the Chinese there is than by English.
        return culture.TwoLetterISOLanguageName == "zh" && _byCulture.TryGetValue("zh-CN", out var chinese) ? chinese.GetValueOrDefault(english) : null;
    }
}

internal sealed class JsonLocalizer(Translations translations) : IStringLocalizer, IStringLocalizerFactory
{
    public LocalizedString this[string name]
    {
        get
        {
            var translation = translations.Find(CultureInfo.CurrentUICulture, name);
            return new LocalizedString(name, translation ?? name, translation is null);
        }
    }

    public LocalizedString this[string name, params object[] arguments]
    {
        get
        {
            var text = this[name];
            return new LocalizedString(name, string.Format(CultureInfo.CurrentCulture, text.Value, arguments), text.ResourceNotFound);
        }
    }

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];

    public IStringLocalizer Create(Type resourceSource) => this;

    public IStringLocalizer Create(string baseName, string location) => this;
}
