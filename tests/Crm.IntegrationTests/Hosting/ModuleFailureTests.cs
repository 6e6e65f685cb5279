using System.Net;
using System.Reflection;
using System.Reflection.Emit;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;

namespace Crm.IntegrationTests.Hosting;

/// <summary>An ill-formed module is named and left out; the rest of the site runs.</summary>
public sealed class ModuleFailureTests
{
    [Fact]
    public async Task Enable_StartupThatThrows_IsRefusedWithItsNameAndTheSiteGoesOn()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, catalog: TestSite.CatalogWith(Module("Crm.Broken", throws: true)));
        var refused = await Assert.ThrowsAsync<SetupException>(() => site.Host.Sites.EnableAsync(["Crm.Broken"], CancellationToken.None));
        Assert.Contains("Crm.Broken", refused.Message, StringComparison.Ordinal);
        using var browser = await site.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/customers")).StatusCode);
        Assert.Contains("Crm.Broken", await (await browser.GetAsync("/admin/features")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Catalog_MissingDependencyAndCycle_AreNamedAndTheSiteRuns()
    {
        var catalog = TestSite.CatalogWith(Module("Crm.Lonely", dependencies: "Crm.Nowhere"), Module("Crm.Hen", dependencies: "Crm.Egg"), Module("Crm.Egg", dependencies: "Crm.Hen"));
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, catalog: catalog);
        using var browser = await site.SignInAsync();
        var page = await (await browser.GetAsync("/admin/features")).Content.ReadAsStringAsync();
        Assert.Contains("Crm.Nowhere", page, StringComparison.Ordinal);
        Assert.Contains("Crm.Egg", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/customers")).StatusCode);
    }

    /// <summary>An assembly with a manifest and, if wanted, a startup whose first method throws.</summary>
    private static Assembly Module(string name, bool throws = false, string? dependencies = null)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var attribute = typeof(ModuleAttribute);
        assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute.GetConstructor([])!, [],
            [attribute.GetProperty(nameof(ModuleAttribute.Dependencies))!], [dependencies is null ? Array.Empty<string>() : new[] { dependencies }]));
        var module = assembly.DefineDynamicModule(name);
        if (throws)
        {
            var type = module.DefineType($"{name}.Startup", TypeAttributes.Public, typeof(StartupBase));
            var method = type.DefineMethod(nameof(StartupBase.ConfigureServices), MethodAttributes.Public | MethodAttributes.Virtual, typeof(void), [typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection)]);
            var il = method.GetILGenerator();
            il.Emit(OpCodes.Ldstr, "Broken on purpose.");
            il.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([typeof(string)])!);
            il.Emit(OpCodes.Throw);
            type.CreateType();
        }
        using var stream = new MemoryStream();
        assembly.Save(stream);
        return Assembly.Load(stream.ToArray());
    }
}
