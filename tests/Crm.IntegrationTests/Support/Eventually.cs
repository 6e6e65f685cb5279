using System.Diagnostics;

namespace Crm.IntegrationTests.Support;

/// <summary>Waits for what another process or a background worker will bring about.</summary>
public static class Eventually
{
    /// <param name="seconds">When it is given up: far longer than it takes, as the machine may be busy with other tests.</param>
    public static async Task HoldsAsync(Func<Task<bool>> condition, int seconds = 60, int everyMilliseconds = 100)
    {
        for (var watch = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(watch.Elapsed.TotalSeconds < seconds, $"It did not come about in {seconds} s.");
            await Task.Delay(everyMilliseconds);
        }
    }
}
