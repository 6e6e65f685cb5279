using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Modules;
using Crm.Platform.Security;

namespace Crm.Tests.Localization;

/// <summary>Every text that a person can see has a Chinese translation with the same placeholders.</summary>
public sealed partial class TranslationTests
{
    private static readonly Assembly[] Assemblies =
        [typeof(StartupBase).Assembly, .. typeof(Program).Assembly.GetCustomAttributes<ModuleNameAttribute>().Select(a => Assembly.Load(a.Name))];

    private static readonly Dictionary<string, string> Chinese = Repository.Sources("zh-CN.json")
        .SelectMany(f => JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(f))!)
        .GroupBy(p => p.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);

    [Fact]
    public void Texts_InCodeAndViews_AreTranslated()
    {
        var missing = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Repository.Sources("*.cs").Concat(Repository.Sources("*.cshtml")))
            foreach (Match match in Texts().Matches(File.ReadAllText(file)))
            {
                var text = Regex.Unescape(match.Groups["text"].Value);
                if (text.Any(char.IsAsciiLetter) && !Chinese.ContainsKey(text))
                    missing[text] = Path.GetRelativePath(Repository.Root, file);
            }
        Assert.True(missing.Count == 0, "Not translated:\n" + string.Join('\n', missing.Select(m => $"{m.Value}: {m.Key}")));
    }

    [Fact]
    public void Texts_InDefinitions_AreTranslated()
    {
        var texts = new List<LocalizedText?>();
        texts.AddRange(SystemFields.All.Select(f => f.Label));
        texts.AddRange(All<FieldKind>().Select(k => k.Label));
        foreach (var type in All<IContentTypeProvider>().SelectMany(p => p.Types))
        {
            texts.AddRange([type.Label, type.PluralLabel, type.Description]);
            texts.AddRange(type.QuickFilters.Select(q => q.Label));
            texts.AddRange(type.Fields.SelectMany(Texts));
        }
        texts.AddRange(All<IContentTypeProvider>().SelectMany(p => p.Extensions).SelectMany(e => e.Fields).SelectMany(Texts));
        texts.AddRange(All<IMenuProvider>().SelectMany(p => p.Entries).SelectMany(e => new[] { e.Text, e.Group }));
        texts.AddRange(All<IPermissionProvider>().SelectMany(p => p.Permissions).SelectMany(p => new[] { p.Label, p.Group }));
        texts.AddRange(Assemblies.SelectMany(a => a.GetCustomAttributes<FeatureAttribute>()).SelectMany(f => new[] { f.Name, f.Description, f.Category }).Where(t => !string.IsNullOrEmpty(t)).Select(t => new LocalizedText(t!)));
        var missing = texts.OfType<LocalizedText>().Where(t => t.Zh is null && t.En.Any(char.IsAsciiLetter) && !Chinese.ContainsKey(t.En)).Select(t => t.En).Distinct().Order(StringComparer.Ordinal);
        Assert.True(!missing.Any(), "Not translated:\n" + string.Join('\n', missing));
    }

    [Fact]
    public void Translations_OfOneText_AreTheSameInEveryModule()
    {
        var differing = Repository.Sources("zh-CN.json")
            .SelectMany(f => JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(f))!)
            .GroupBy(p => p.Key, p => p.Value, StringComparer.Ordinal).Where(g => g.Distinct().Count() > 1)
            .Select(g => $"{g.Key}: {string.Join(" / ", g.Distinct())}");
        Assert.Empty(differing);
    }

    [Fact]
    public void Translations_All_HaveTheSamePlaceholders()
    {
        var wrong = Chinese.Where(p => !Placeholders(p.Key).SetEquals(Placeholders(p.Value))).Select(p => $"{p.Key} -> {p.Value}");
        Assert.Empty(wrong);
    }

    private static IEnumerable<LocalizedText?> Texts(FieldDefinition field)
        => [field.Label, field.Help, field.Section, field.RelatedLabel, .. field.Options.Select(o => o.Label)];

    private static HashSet<string> Placeholders(string text) => [.. Placeholder().Matches(text).Select(m => m.Value)];

    /// <summary>All implementations that need nothing but themselves.</summary>
    private static IEnumerable<T> All<T>() => Assemblies.SelectMany(a => a.GetTypes())
        .Where(t => typeof(T).IsAssignableFrom(t) && t is { IsAbstract: false, IsInterface: false } && t.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Any(c => c.GetParameters().Length == 0))
        .Select(t => (T)Activator.CreateInstance(t, nonPublic: true)!);

    [GeneratedRegex("""(?:\b(?:T|S|[lL]ocalizer)\[\s*|\b(?:Fail|Message|QueryException|SetupException|Expected|ElseError)\(\s*|\bnew\(\s*(?="[^"]*[ ]))"(?<text>(?:[^"\\]|\\.)*)"(?!\s*\+)""")]
    private static partial Regex Texts();

    [GeneratedRegex(@"\{\d+")]
    private static partial Regex Placeholder();
}
