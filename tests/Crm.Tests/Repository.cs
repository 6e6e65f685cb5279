using System.Runtime.CompilerServices;

namespace Crm.Tests;

/// <summary>Where the sources are; some tests read them.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static IEnumerable<string> Sources(string pattern)
        => Directory.EnumerateFiles(Path.Combine(Root, "src"), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains("/node_modules/", StringComparison.Ordinal) && !f.Contains("/wwwroot/lib/", StringComparison.Ordinal));

    private static string Find([CallerFilePath] string path = "")
    {
        // Paths in the assembly may be mapped; the output folder is inside the repository too.
        foreach (var start in new[] { Path.GetDirectoryName(path)!, AppContext.BaseDirectory, Environment.CurrentDirectory })
            for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
                if (File.Exists(Path.Combine(directory.FullName, "Crm.sln")))
                    return directory.FullName;
        throw new InvalidOperationException("The repository's root is not above this test.");
    }
}
