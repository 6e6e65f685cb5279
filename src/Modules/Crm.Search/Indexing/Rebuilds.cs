using Crm.Platform.Settings;

namespace Crm.Search.Indexing;

/// <param name="Number">Grows with each request.</param>
internal sealed record RebuildRequest(long Number)
{
    public const string SettingName = "search.rebuild";
}

/// <summary>Asks all nodes to index everything anew. Each carries it out for its own index and remembers that it has.</summary>
internal sealed class Rebuilds(SettingsStore settings, TimeProvider clock)
{
    public async Task<long> AskAsync(CancellationToken cancellationToken)
    {
        var number = Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), await LastAsync(cancellationToken) + 1);
        await settings.WriteAsync(RebuildRequest.SettingName, new RebuildRequest(number), cancellationToken);
        return number;
    }

    public async Task<long> LastAsync(CancellationToken cancellationToken)
        => (await settings.ReadAsync<RebuildRequest>(RebuildRequest.SettingName, cancellationToken))?.Number ?? 0;
}
