using System.Reflection;

namespace Crm.Platform.Modules;

public sealed record FeatureInfo(
    string Id,
    string Name,
    string Description,
    string Category,
    IReadOnlyList<string> Dependencies,
    bool AlwaysEnabled,
    ModuleInfo Module);

public sealed record ModuleInfo(string Id, Assembly Assembly, bool IsTheme);

/// <summary>One thing wrong with one module; the module stays off and the rest of the site runs.</summary>
/// <param name="Message">English text with placeholders, localized when shown.</param>
public sealed record ModuleError(string Module, string Message, params object[] Arguments)
{
    public override string ToString() => $"{Module}: {string.Format(System.Globalization.CultureInfo.InvariantCulture, Message, Arguments)}";
}

/// <summary>All modules that the build found, their features in order of dependency, and what is wrong with any of them.</summary>
public sealed class ModuleCatalog
{
    private readonly Dictionary<string, FeatureInfo> _features = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ModuleError> _errors = [];
    private readonly List<FeatureInfo> _ordered = [];

    private ModuleCatalog()
    {
    }

    /// <summary>Features that can be enabled, each after those it depends on.</summary>
    public IReadOnlyList<FeatureInfo> Features => _ordered;

    public IReadOnlyList<ModuleError> Errors => _errors;

    public FeatureInfo? Find(string id) => _features.GetValueOrDefault(id);

    /// <summary>Loads the modules named in the host's assembly.</summary>
    public static ModuleCatalog Load(Assembly host)
    {
        var catalog = new ModuleCatalog();
        var assemblies = new List<Assembly>();
        foreach (var name in host.GetCustomAttributes<ModuleNameAttribute>().Select(a => a.Name).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                assemblies.Add(Assembly.Load(new AssemblyName(name)));
            }
            catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
            {
                catalog._errors.Add(new(name, "The module's assembly cannot be loaded: {0}", e.Message));
            }
        }
        catalog.Add(assemblies);
        return catalog;
    }

    public static ModuleCatalog From(IEnumerable<Assembly> assemblies)
    {
        var catalog = new ModuleCatalog();
        catalog.Add(assemblies);
        return catalog;
    }

    /// <summary>The given features and all they depend on, in order; unknown and ill-formed ones are left out.</summary>
    public IReadOnlyList<FeatureInfo> Close(IEnumerable<string> ids)
    {
        var wanted = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var pending = new Stack<string>(ids.Concat(_ordered.Where(f => f.AlwaysEnabled).Select(f => f.Id)));
        while (pending.TryPop(out var id))
        {
            if (_features.TryGetValue(id, out var feature) && wanted.Add(feature.Id))
                foreach (var dependency in feature.Dependencies)
                    pending.Push(dependency);
        }
        return [.. _ordered.Where(f => wanted.Contains(f.Id))];
    }

    /// <summary>Features that would have to be switched on with this one.</summary>
    public IReadOnlyList<FeatureInfo> DependenciesOf(string id, ISet<string> enabled)
        => [.. Close([id]).Where(f => !enabled.Contains(f.Id) && !string.Equals(f.Id, id, StringComparison.OrdinalIgnoreCase))];

    /// <summary>Enabled features that would have to be switched off with this one.</summary>
    public IReadOnlyList<FeatureInfo> DependentsOf(string id, ISet<string> enabled)
    {
        var off = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { id };
        var dependents = new List<FeatureInfo>();
        foreach (var feature in _ordered)
            if (enabled.Contains(feature.Id) && feature.Dependencies.Any(off.Contains) && off.Add(feature.Id))
                dependents.Add(feature);
        return dependents;
    }

    private void Add(IEnumerable<Assembly> assemblies)
    {
        foreach (var group in assemblies.GroupBy(a => a.GetName().Name!, StringComparer.OrdinalIgnoreCase).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (group.Count() > 1)
                _errors.Add(new(group.Key, "Two modules have this name; both are left out"));
            else
                AddModule(group.Key, group.Single());
        }
        DropBroken();
        Order();
    }

    private void AddModule(string name, Assembly assembly)
    {
        if (assembly.GetCustomAttribute<ModuleAttribute>() is not { } manifest)
        {
            _errors.Add(new(name, "The module has no manifest: add [assembly: Module(...)]"));
            return;
        }
        var module = new ModuleInfo(name, assembly, manifest.IsTheme);
        foreach (var attribute in assembly.GetCustomAttributes<FeatureAttribute>())
        {
            var id = attribute is ModuleAttribute ? name : attribute.Id;
            var feature = new FeatureInfo(id, attribute.Name ?? id, attribute.Description ?? "", attribute.Category,
                attribute.Dependencies, attribute.AlwaysEnabled, module);
            if (_features.TryGetValue(id, out var other))
            {
                _errors.Add(new(name, "Feature {0} is declared by module {1} too; both are left out", id, other.Module.Id));
                _features[id] = other with { Dependencies = ["(declared twice)"] };
            }
            else
            {
                _features[id] = feature;
            }
        }
    }

    /// <summary>Leaves out, until nothing changes, features that depend on what is not there.</summary>
    private void DropBroken()
    {
        while (_features.Values.FirstOrDefault(f => f.Dependencies.Any(d => !_features.ContainsKey(d))) is { } broken)
        {
            var missing = broken.Dependencies.First(d => !_features.ContainsKey(d));
            _features.Remove(broken.Id);
            if (missing != "(declared twice)")
                _errors.Add(new(broken.Module.Id, "Feature {0} depends on {1}, which is missing", broken.Id, missing));
        }
    }

    private void Order()
    {
        var done = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var rest = _features.Values.OrderBy(f => f.Id, StringComparer.Ordinal).ToList();
        while (rest.Count > 0)
        {
            var ready = rest.FindIndex(f => f.Dependencies.All(done.Contains));
            if (ready < 0)
                break;
            done.Add(rest[ready].Id);
            _ordered.Add(rest[ready]);
            rest.RemoveAt(ready);
        }
        var left = rest.Select(f => f.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var feature in rest)
        {
            _features.Remove(feature.Id);
            // Of several dependencies only the one that leads back is worth naming.
            var through = feature.Dependencies.FirstOrDefault(d => left.Contains(d)
                && (string.Equals(d, feature.Id, StringComparison.OrdinalIgnoreCase) || Reaches(d, feature.Id, rest)));
            var message = through is not null
                ? new ModuleError(feature.Module.Id, "Feature {0} depends on itself through {1}", feature.Id, through)
                : new ModuleError(feature.Module.Id, "Feature {0} depends on {1}, which cannot be enabled", feature.Id, feature.Dependencies.First(left.Contains));
            _errors.Add(message);
        }
    }

    private static bool Reaches(string from, string target, List<FeatureInfo> among)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var pending = new Stack<FeatureInfo>(among.Where(f => string.Equals(f.Id, from, StringComparison.OrdinalIgnoreCase)));
        while (pending.TryPop(out var feature))
            foreach (var next in among.Where(f => feature.Dependencies.Contains(f.Id, StringComparer.OrdinalIgnoreCase)))
            {
                if (string.Equals(next.Id, target, StringComparison.OrdinalIgnoreCase))
                    return true;
                if (seen.Add(next.Id))
                    pending.Push(next);
            }
        return false;
    }
}
