using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Records;

public sealed class ReadingTests
{
    [Theory, InlineData(DatabaseProvider.Sqlite), InlineData(DatabaseProvider.Postgres)]
    public async Task Read_ReaderWhoLeaves_EndsTheStatementAndNothingElse(DatabaseProvider provider)
    {
        await using var platform = await TestPlatform.CreateAsync(provider);
        await using var scope = platform.OpenAsSystem();
        var endless = new SqlText("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT COUNT(*) FROM n");
        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scope.Session.CountAsync(endless, leaving.Token));

        Assert.Equal(1, await scope.Session.CountAsync(new SqlText("SELECT 1"), CancellationToken.None));
        await scope.CreateAsync("companies", ("name", "Acme"));
        Assert.Equal(1, await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM companies"), CancellationToken.None));
    }
}
