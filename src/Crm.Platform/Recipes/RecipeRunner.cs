using System.Reflection;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;
using Crm.Platform.Modules;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Platform.Recipes;

/// <summary>
/// The recipes that modules carry in <c>Recipes/*.json</c>. Several modules may each carry a part of one: a module's part
/// comes after those of the modules that it depends on.
/// </summary>
public sealed class RecipeCatalog(CrmProcess process)
{
    public IReadOnlyList<Recipe> All { get; } =
    [
        .. process.Catalog.Features.Select(f => f.Module.Assembly).Distinct().SelectMany(Read)
            .GroupBy(p => p.Part.Name, StringComparer.OrdinalIgnoreCase).Select(Recipe.Join),
    ];

    public Recipe? Find(string name) => All.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<(string Module, Recipe Part)> Read(Assembly assembly)
    {
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("Recipes/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            yield return (assembly.GetName().Name!, Recipe.Parse(buffer.ToArray()));
        }
    }
}

/// <summary>Carries recipes out: all of one, in one transaction, or nothing.</summary>
public sealed class RecipeRunner(SiteHost sites, CrmProcess process)
{
    /// <summary>Runs a recipe on a site that is set up.</summary>
    /// <exception cref="SetupException">Something in it is wrong; nothing has changed.</exception>
    public async Task RunAsync(Recipe recipe, CancellationToken cancellationToken)
    {
        string culture;
        await using (var scope = sites.Current.CreateScope())
        {
            var settings = scope.ServiceProvider.GetRequiredService<SettingsStore>();
            await settings.RefreshAsync(cancellationToken);
            culture = settings.Site.Culture;
        }
        var features = FeaturesOf(recipe, culture).Concat(sites.Current.Features.Select(f => f.Id)).ToList();
        await sites.ChangeAsync(sites.Database!, features, async services =>
        {
            await ExecuteAsync(recipe, culture, services, cancellationToken);
            return true;
        }, isSetup: false, cancellationToken);
    }

    internal IReadOnlyList<string> FeaturesOf(Recipe recipe, string culture)
    {
        var features = recipe.Features(culture);
        if (features.FirstOrDefault(f => process.Catalog.Find(f) is null) is { } unknown)
            throw new SetupException("There is no feature {0}", unknown);
        return features;
    }

    internal static async Task ExecuteAsync(Recipe recipe, string culture, IServiceProvider services, CancellationToken cancellationToken)
    {
        var (actor, site) = (services.GetRequiredService<ActorContext>(), services.GetRequiredService<SettingsStore>());
        var enabled = services.GetRequiredService<EnabledFeatures>();
        foreach (var (step, settings, line) in recipe.Bind(services.GetServices<IRecipeStep>()))
        {
            if ((settings.Culture is not null && settings.Culture != culture) || (settings.Feature is not null && !enabled.Contains(settings.Feature)))
                continue;
            // Times of day in a recipe are the site's, which the step before may have set.
            actor.Current = Actor.System("recipe") with { TimeZone = site.Site.Zone };
            try
            {
                await step.ExecuteAsync(settings, cancellationToken);
            }
            catch (SetupException e)
            {
                throw Refused(e.Reason);
            }
            catch (QueryException e)
            {
                // A type or a key field that is not there.
                throw Refused(e.Reason);
            }

            SetupException Refused(Message reason) => new("Recipe, line {0}, step “{1}”: {2}", line, step.Name, reason.ToString());
        }
    }
}
