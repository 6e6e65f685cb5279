using System.Reflection;
using Crm.Platform.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Crm.Platform.Hosting;

/// <summary>What is one for the whole process, whatever site it runs: configuration, logs, the modules that the build found.</summary>
public sealed class CrmProcess
{
    private readonly List<ModuleError> _failures = [];
    private readonly Dictionary<Type, object> _shared = [];

    public CrmProcess(Assembly hostAssembly, IConfiguration configuration, ILoggerFactory loggers, string environmentName, ModuleCatalog? catalog = null, TimeProvider? clock = null)
    {
        AddShared(clock ?? TimeProvider.System);
        HostAssembly = hostAssembly;
        Configuration = configuration;
        Loggers = loggers;
        EnvironmentName = environmentName;
        Options = configuration.GetSection("Crm").Get<CrmOptions>() ?? new CrmOptions();
        DataDirectory = Path.GetFullPath(Options.DataDirectory);
        NodeDirectory = NodeDirectoryOf(Options);
        Catalog = catalog ?? ModuleCatalog.Load(hostAssembly);
        foreach (var error in Catalog.Errors)
            loggers.CreateLogger<CrmProcess>().LogError("Module left out. {Error}", error);
    }

    public Assembly HostAssembly { get; }

    public IConfiguration Configuration { get; }

    public ILoggerFactory Loggers { get; }

    public string EnvironmentName { get; }

    public CrmOptions Options { get; }

    /// <summary>Absolute path of what all nodes share.</summary>
    public string DataDirectory { get; }

    /// <summary>Absolute path of what is this node's own.</summary>
    public string NodeDirectory { get; }

    internal static string NodeDirectoryOf(CrmOptions options) => Path.GetFullPath(options.NodeDirectory is { Length: > 0 } own ? own : options.DataDirectory);

    /// <summary>Folder of the keys that encrypt cookies and stored secrets; for this user's eyes only.</summary>
    internal DirectoryInfo KeyDirectory
    {
        get
        {
            var path = Path.Combine(DataDirectory, "keys");
            return OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(path)
                : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public ModuleCatalog Catalog { get; }

    /// <summary>Services of the process that every site offers under their own type.</summary>
    internal IReadOnlyDictionary<Type, object> Shared => _shared;

    internal void AddShared<T>(T service) where T : class => _shared[typeof(T)] = service;

    /// <summary>All that is wrong with modules: found when they were read, or when their startups ran.</summary>
    public IReadOnlyList<ModuleError> ModuleErrors
    {
        get
        {
            lock (_failures)
                return [.. Catalog.Errors, .. _failures];
        }
    }

    internal void Report(ModuleError failure)
    {
        lock (_failures)
        {
            _failures.RemoveAll(f => f.Module == failure.Module);
            _failures.Add(failure);
        }
        Loggers.CreateLogger<CrmProcess>().LogError("Module left out. {Error}", failure);
    }

    internal void ClearReport(string module)
    {
        lock (_failures)
            _failures.RemoveAll(f => f.Module == module);
    }
}
