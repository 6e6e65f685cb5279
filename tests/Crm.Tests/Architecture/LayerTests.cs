using System.Reflection;
using ArchUnitNET.Loader;
using Crm.Platform.Modules;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Crm.Tests.Architecture;

/// <summary>What may know what.</summary>
public sealed class LayerTests
{
    private static readonly Assembly PlatformAssembly = typeof(StartupBase).Assembly;

    private static readonly Assembly[] Modules = [.. typeof(Program).Assembly.GetCustomAttributes<ModuleNameAttribute>().Select(a => Assembly.Load(a.Name))];

    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader().LoadAssemblies([PlatformAssembly, .. Modules]).Build();

    [Fact]
    public void Modules_All_AreFoundByTheBuild()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "Modules")).Concat(Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "Themes")))
            .Where(d => Directory.EnumerateFiles(d, "*.csproj").Any()).Select(d => Path.GetFileName(d));
        Assert.Equal(folders.Order(StringComparer.Ordinal), Modules.Select(m => m.GetName().Name!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Platform_Always_KnowsNoModule()
        => Assert.Empty(PlatformAssembly.GetReferencedAssemblies().Select(r => r.Name).Intersect(Modules.Select(m => m.GetName().Name)));

    [Fact]
    public void Themes_Always_HoldNoLogic()
    {
        foreach (var theme in Modules.Where(m => m.GetCustomAttribute<ModuleAttribute>() is { IsTheme: true }))
            Assert.Empty(theme.GetTypes().Where(t => t.Namespace?.StartsWith("Crm.", StringComparison.Ordinal) == true).Select(t => t.FullName));
    }

    [Fact]
    public void RecordWriter_Only_ServesTheContentManager()
    {
        var writer = Types().That().HaveFullName("Crm.Platform.Records.RecordWriter").GetObjects(Loaded).Single();
        var users = Loaded.Types.Where(t => t.Dependencies.Any(d => d.Target.FullName == writer.FullName)).Select(t => t.FullName.Split('+', '/')[0]).Distinct()
            .Except(["Crm.Platform.Records.RecordWriter", "Crm.Platform.Content.ContentManager", "Crm.Platform.Hosting.PlatformServices"], StringComparer.Ordinal);
        Assert.Empty(users);
    }

    [Fact]
    public void ContentTables_InModules_AreNotNamedInSql()
    {
        // Modules reach records through queries and the content manager; SQL of their own is for tables of their own.
        var offenders = Repository.Sources("*.cs").Where(f => f.Contains("/src/Modules/", StringComparison.Ordinal))
            .Where(f => File.ReadAllText(f) is var text && text.Contains("SqlText", StringComparison.Ordinal)
                && System.Text.RegularExpressions.Regex.IsMatch(text, @"(FROM|INTO|UPDATE|JOIN)\s+""?(?!crm_)[a-z]"))
            .Select(f => Path.GetRelativePath(Repository.Root, f));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Controllers_Always_SayWhomTheyAreFor()
    {
        foreach (var controller in Modules.Append(PlatformAssembly).SelectMany(m => m.GetTypes()).Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(Microsoft.AspNetCore.Mvc.Controller))))
            foreach (var action in controller.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly).Where(m => m.GetCustomAttributes<Microsoft.AspNetCore.Mvc.Routing.HttpMethodAttribute>().Any()))
            {
                var says = action.GetCustomAttributes().Concat(controller.GetCustomAttributes());
                Assert.True(says.Any(a => a is Platform.Security.IEndpointPermission or Microsoft.AspNetCore.Authorization.IAllowAnonymous), $"{controller.FullName}.{action.Name}");
            }
    }
}
