using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Settings;

public sealed class PersonSettingsTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Change_ByManyAtOnce_KeepsAllOfThem(DatabaseProvider provider)
    {
        await using var platform = await TestPlatform.CreateAsync(provider);
        var person = new Actor { UserId = Guid.NewGuid() };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            await using var scope = platform.Open(person);
            await scope.Services.GetRequiredService<PersonSettings>().ChangeAsync<Widths>("widths", w => new() { Columns = [.. w.Columns, n] }, CancellationToken.None);
        })));
        await using var reader = platform.Open(person);
        Assert.Equal(Enumerable.Range(0, 8), (await reader.Services.GetRequiredService<PersonSettings>().ReadAsync<Widths>("widths", CancellationToken.None)).Columns.Order());
    }

    private sealed class Widths
    {
        public IReadOnlyList<int> Columns { get; init; } = [];
    }
}
