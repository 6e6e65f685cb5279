using System.Reflection;
using System.Reflection.Emit;
using Crm.Platform.Modules;

namespace Crm.Tests.Modules;

public sealed class ModuleCatalogTests
{
    [Fact]
    public void From_ModulesInAnyOrder_PutsEachAfterWhatItDependsOn()
    {
        var catalog = ModuleCatalog.From([Module("A", ["C"]), Module("B"), Module("C", ["B"]), Module("D", ["A", "b"])]);
        Assert.Empty(catalog.Errors);
        Assert.Equal(["B", "C", "A", "D"], catalog.Features.Select(f => f.Id));
    }

    [Fact]
    public void From_Manifest_GivesItsSettings()
    {
        var catalog = ModuleCatalog.From([Module("Theme", [], ("IsTheme", true), ("Name", "Blue"), ("Category", "Themes"), ("AlwaysEnabled", true))]);
        var feature = Assert.Single(catalog.Features);
        Assert.Equal(("Theme", "Blue", "", "Themes", true, true), (feature.Id, feature.Name, feature.Description, feature.Category, feature.AlwaysEnabled, feature.Module.IsTheme));
        Assert.Same(feature, catalog.Find("theme"));
    }

    [Fact]
    public void From_FurtherFeature_IsOneOfTheModules()
    {
        var catalog = ModuleCatalog.From([Module("A", [], extra: Feature("A.Extra", ["A"]))]);
        Assert.Empty(catalog.Errors);
        Assert.Equal(["A", "A.Extra"], catalog.Features.Select(f => f.Id));
        Assert.All(catalog.Features, f => Assert.Equal("A", f.Module.Id));
    }

    [Fact]
    public void From_MissingDependency_LeavesOutAllThatNeedIt()
    {
        var catalog = ModuleCatalog.From([Module("A", ["Gone"]), Module("B", ["A"]), Module("C")]);
        Assert.Equal(["C"], catalog.Features.Select(f => f.Id));
        Assert.Null(catalog.Find("A"));
        Assert.Equal(
            ["A: Feature A depends on Gone, which is missing", "B: Feature B depends on A, which is missing"],
            catalog.Errors.Select(e => e.ToString()).Order());
    }

    [Fact]
    public void From_ItselfAndAMissingDependency_NamesTheMissingOne()
        => Assert.Equal("A: Feature A depends on Gone, which is missing", Assert.Single(ModuleCatalog.From([Module("A", ["A", "Gone"])]).Errors).ToString());

    [Fact]
    public void From_Cycle_LeavesItOutAndNamesIt()
    {
        var catalog = ModuleCatalog.From([Module("A", ["B"]), Module("B", ["C"]), Module("C", ["A"]), Module("D", ["A"]), Module("E")]);
        Assert.Equal(["E"], catalog.Features.Select(f => f.Id));
        Assert.Equal(
            [
                "A: Feature A depends on itself through B",
                "B: Feature B depends on itself through C",
                "C: Feature C depends on itself through A",
                "D: Feature D depends on A, which cannot be enabled",
            ],
            catalog.Errors.Select(e => e.ToString()));
    }

    [Fact]
    public void From_CycleBesideABrokenDependency_NamesTheOneThatLeadsBack()
    {
        var catalog = ModuleCatalog.From([Module("A", ["X", "B"]), Module("B", ["A"]), Module("X", ["Y"]), Module("Y", ["X"])]);
        Assert.Contains("A: Feature A depends on itself through B", catalog.Errors.Select(e => e.ToString()));
    }

    [Fact]
    public void From_FeatureThatNeedsItself_IsACycle()
        => Assert.Equal("A: Feature A depends on itself through A", Assert.Single(ModuleCatalog.From([Module("A", ["A"])]).Errors).ToString());

    [Fact]
    public void From_FeatureDeclaredTwice_LeavesBothOut()
    {
        var catalog = ModuleCatalog.From([Module("A", [], extra: Feature("Shared")), Module("B", [], extra: Feature("SHARED")), Module("C", ["Shared"])]);
        Assert.Equal(["A", "B"], catalog.Features.Select(f => f.Id));
        Assert.Contains("B: Feature SHARED is declared by module A too; both are left out", catalog.Errors.Select(e => e.ToString()));
        Assert.Contains("C: Feature C depends on Shared, which is missing", catalog.Errors.Select(e => e.ToString()));
        Assert.Equal(2, catalog.Errors.Count);
    }

    [Fact]
    public void From_AssemblyWithoutManifest_IsNamedAndLeftOut()
    {
        var catalog = ModuleCatalog.From([Assembly("Plain"), Module("A")]);
        Assert.Equal(["A"], catalog.Features.Select(f => f.Id));
        Assert.Equal("Plain: The module has no manifest: add [assembly: Module(...)]", Assert.Single(catalog.Errors).ToString());
    }

    [Fact]
    public void From_TwoModulesOfOneName_LeavesBothOut()
    {
        var catalog = ModuleCatalog.From([Module("A"), Module("a"), Module("B")]);
        Assert.Equal(["B"], catalog.Features.Select(f => f.Id));
        Assert.Equal("A: Two modules have this name; both are left out", Assert.Single(catalog.Errors).ToString());
    }

    [Fact]
    public void Load_NamedModuleThatIsNotThere_IsNamedAndTheRestRuns()
    {
        var host = Assembly("Host", new CustomAttributeBuilder(typeof(ModuleNameAttribute).GetConstructors()[0], ["Crm.NoSuchModule"]));
        var catalog = ModuleCatalog.Load(host);
        Assert.Empty(catalog.Features);
        Assert.Equal("Crm.NoSuchModule", Assert.Single(catalog.Errors).Module);
    }

    [Fact]
    public void Close_Features_AddsDependenciesAndThoseAlwaysOn()
    {
        var catalog = ModuleCatalog.From([Module("A", ["B"]), Module("B"), Module("C"), Module("Z", [], ("AlwaysEnabled", true))]);
        Assert.Equal(["B", "A", "Z"], catalog.Close(["a", "Unknown"]).Select(f => f.Id));
    }

    [Fact]
    public void DependenciesOf_Feature_AreThoseNotYetOn()
    {
        var catalog = ModuleCatalog.From([Module("A", ["B", "C"]), Module("B", ["D"]), Module("C"), Module("D"), Module("E")]);
        Assert.Equal(["D", "B"], catalog.DependenciesOf("A", new HashSet<string> { "C" }).Select(f => f.Id));
        Assert.Empty(catalog.DependenciesOf("A", new HashSet<string> { "B", "C", "D" }));
        Assert.Empty(catalog.DependenciesOf("Unknown", new HashSet<string>()));
    }

    [Fact]
    public void DependentsOf_Feature_AreThoseThatAreOn()
    {
        var catalog = ModuleCatalog.From([Module("A"), Module("B", ["A"]), Module("C", ["B"]), Module("D", ["A"]), Module("E")]);
        Assert.Equal(["B", "C"], catalog.DependentsOf("a", new HashSet<string> { "A", "B", "C", "E" }).Select(f => f.Id));
        Assert.Empty(catalog.DependentsOf("C", new HashSet<string> { "A", "B", "C" }));
    }

    private static AssemblyBuilder Module(string name, string[]? dependencies = null, params (string Name, object Value)[] settings)
        => Module(name, dependencies ?? [], null, settings);

    private static AssemblyBuilder Module(string name, string[] dependencies, CustomAttributeBuilder? extra, params (string Name, object Value)[] settings)
        => Assembly(name, [Attribute(typeof(ModuleAttribute), [], [("Dependencies", dependencies), .. settings]), .. extra is null ? [] : new[] { extra }]);

    private static CustomAttributeBuilder Feature(string id, params string[] dependencies)
        => Attribute(typeof(FeatureAttribute), [id], [("Dependencies", dependencies)]);

    private static CustomAttributeBuilder Attribute(Type type, object[] arguments, (string Name, object Value)[] settings)
        => new(type.GetConstructors().Single(), arguments, [.. settings.Select(s => type.GetProperty(s.Name)!)], [.. settings.Select(s => s.Value)]);

    private static AssemblyBuilder Assembly(string name, params CustomAttributeBuilder[] attributes)
        => AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(name), AssemblyBuilderAccess.Run, attributes);
}
