using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Npgsql;

namespace Crm.IntegrationTests.Hosting;

public sealed class SlowDatabaseTests
{
    [Theory]
    [InlineData(";Command Timeout=3")]
    [InlineData(";Options=-c lock_timeout=1000")]
    public async Task Page_WhileTheDatabaseDoesNotAnswer_SaysSo_AndComesWhenItDoes(string limit)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Postgres, connection: limit);
        using var admin = await site.SignInAsync();
        await using (var other = new NpgsqlConnection(site.ConnectionString))
        {
            await other.OpenAsync();
            await using var held = await other.BeginTransactionAsync();
            await using (var command = new NpgsqlCommand("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE", other, held))
                await command.ExecuteNonQueryAsync();
            using var waited = await admin.GetAsync("/customers");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, waited.StatusCode);
            var page = await waited.Content.ReadAsStringAsync();
            Assert.Contains("This takes too long", page, StringComparison.Ordinal);
            Assert.Contains("Try again", page, StringComparison.Ordinal);
        }
        using var answered = await admin.GetAsync("/customers");
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }
}
