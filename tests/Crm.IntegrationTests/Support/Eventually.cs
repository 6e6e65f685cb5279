namespace Crm.IntegrationTests.Support;

/// <summary>Waits for what another process or a background worker will bring about.</summary>
public static class Eventually
{
    public static async Task HoldsAsync(Func<Task<bool>> condition, int seconds = 20, int everyMilliseconds = 100)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(everyMilliseconds));
        while (!await condition())
            Assert.True(await timer.WaitForNextTickAsync(limit.Token), "It did not come about in time.");
    }
}
