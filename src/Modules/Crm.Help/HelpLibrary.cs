using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Microsoft.AspNetCore.Http;

namespace Crm.Help;

/// <summary>The manual of this site: the chapters of the modules that are on, <c>Help/&lt;order&gt;-&lt;slug&gt;.&lt;culture&gt;.md</c> in each.</summary>
internal sealed partial class HelpLibrary(EnabledFeatures features)
{
    private const string English = "en";
    private const string Chinese = "zh-CN";

    private readonly Lazy<IReadOnlyList<HelpChapter>> _english = new(() => Read(features, [English, Chinese]));
    private readonly Lazy<IReadOnlyList<HelpChapter>> _chinese = new(() => Read(features, [Chinese, English]));

    /// <summary>In the reader's language; a chapter that is not written in it in the other.</summary>
    public IReadOnlyList<HelpChapter> Chapters => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh" ? _chinese.Value : _english.Value;

    public HelpChapter? Find(string slug) => Chapters.FirstOrDefault(c => string.Equals(c.Slug, slug, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The chapter about a page: the one that names it, else that of the module whose records it shows, else the one
    /// that is called like it.
    /// </summary>
    public HelpChapter? About(PathString page, DefinitionSet definitions)
    {
        var named = Chapters.SelectMany(c => c.Pages, (c, p) => (Chapter: c, Page: p))
            .Where(n => n.Page == "/" ? page == "/" : page.StartsWithSegments(n.Page, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(n => n.Page.Length).Select(n => n.Chapter).FirstOrDefault();
        if (named is not null)
            return named;
        var parts = (page.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.FirstOrDefault(p => p != "admin") is not { } place)
            return null;
        var feature = definitions.Find(place)?.Feature;
        return Chapters.FirstOrDefault(c => c.Module == feature) ?? Find(place);
    }

    private static List<HelpChapter> Read(EnabledFeatures features, string[] cultures)
    {
        var files = features.All.Select(f => f.Module.Assembly).Distinct()
            .SelectMany(a => a.GetManifestResourceNames(), (assembly, name) => (Assembly: assembly, Name: name, Parts: FileName().Match(name)))
            .Where(f => f.Parts.Success)
            .GroupBy(f => f.Parts.Groups["slug"].Value, StringComparer.OrdinalIgnoreCase)
            .Select(g => g.MinBy(f => Array.IndexOf(cultures, f.Parts.Groups["culture"].Value)))
            .ToDictionary(f => f.Parts.Groups["slug"].Value, StringComparer.OrdinalIgnoreCase);
        var known = files.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. files
            .Select(f => HelpChapter.Of(int.Parse(f.Value.Parts.Groups["order"].Value, CultureInfo.InvariantCulture), f.Key, f.Value.Assembly.GetName().Name!, Text(f.Value.Assembly, f.Value.Name), known))
            .OrderBy(c => c.Order).ThenBy(c => c.Slug, StringComparer.Ordinal)];
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^Help/(?<order>\d+)-(?<slug>[a-z0-9-]+)\.(?<culture>en|zh-CN)\.md$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
