using Crm.Platform.Hosting;
using Crm.Platform.Modules;

namespace Crm.Features;

/// <summary>What can be switched in this process, as pages and the command show it.</summary>
internal sealed record FeatureList(IReadOnlyList<FeatureInfo> All, ISet<string> Enabled)
{
    /// <summary>Themes come with the site, and the set-up page shows itself.</summary>
    public static FeatureList Of(CrmProcess process, EnabledFeatures enabled) => new(
        [.. process.Catalog.Features.Where(f => !f.Module.IsTheme && f.Id != SiteHost.SetupFeature)],
        enabled.All.Select(f => f.Id).ToHashSet(StringComparer.OrdinalIgnoreCase));

    public FeatureInfo? Find(string id) => All.FirstOrDefault(f => string.Equals(f.Id, id, StringComparison.OrdinalIgnoreCase));

    public bool IsOn(FeatureInfo feature) => Enabled.Contains(feature.Id);
}

internal sealed record FeaturesPage(FeatureList Features, IReadOnlyList<ModuleError> Errors);

/// <param name="Others">Features that are switched with it.</param>
internal sealed record SwitchPage(FeatureInfo Feature, bool Enable, IReadOnlyList<FeatureInfo> Others, string? Problem = null);
