using System.Collections.Concurrent;
using Crm.IntegrationTests.Support;

[assembly: AssemblyFixture(typeof(TestTemplates))]

namespace Crm.IntegrationTests.Support;

/// <summary>What was made once in this run and is copied for each test: setting a site up takes longer than most tests.</summary>
public sealed class TestTemplates : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<object, Lazy<Task<TestFiles>>> Made = new();

    /// <summary>A copy of what <paramref name="fill"/> made of an empty database and data directory; it must have closed them.</summary>
    internal static async Task<TestFiles> CopyAsync(object key, Platform.Data.DatabaseProvider provider, Func<TestFiles, Task> fill)
    {
        var template = Made.GetOrAdd((key, provider), _ => new(async () =>
        {
            var files = await TestFiles.CreateAsync(provider);
            await fill(files);
            return files;
        }));
        return await (await template.Value).CopyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var template in Made.Values.Where(t => t is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
            await (await template.Value).DisposeAsync();
    }
}
