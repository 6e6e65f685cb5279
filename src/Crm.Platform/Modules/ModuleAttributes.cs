namespace Crm.Platform.Modules;

/// <summary>Declares the assembly a module. Its name is the assembly's name, and so is the id of its main feature.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ModuleAttribute : FeatureAttribute
{
    public ModuleAttribute() : base("")
    {
    }

    /// <summary>True for a theme: its views come before those of modules.</summary>
    public bool IsTheme { get; init; }
}

/// <summary>
/// On an assembly: declares a further feature of the module. On a <see cref="StartupBase"/>: says which feature it belongs to.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class, AllowMultiple = true)]
public class FeatureAttribute(string id) : Attribute
{
    /// <summary>The feature's id; empty for a module's main feature.</summary>
    public string Id { get; } = id;

    /// <summary>English name; shown through the module's localization.</summary>
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string Category { get; init; } = "Other";

    /// <summary>Ids of features that must be on before this one.</summary>
    public string[] Dependencies { get; init; } = [];

    /// <summary>On from the beginning and not to be switched off.</summary>
    public bool AlwaysEnabled { get; init; }
}

/// <summary>Runs a startup only when these features are on too.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequireFeaturesAttribute(params string[] features) : Attribute
{
    public IReadOnlyList<string> Features { get; } = features;
}

/// <summary>Written into the host's assembly by its build, one for each project in <c>src/Modules</c> and <c>src/Themes</c>.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ModuleNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
