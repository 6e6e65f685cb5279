using Crm.Platform.Data;
using Crm.Platform.Recipes;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Platform.Hosting;

public sealed record SetupRequest(
    string SiteName,
    string Culture,
    string Recipe,
    string AdminUserName,
    string? AdminEmail,
    string AdminPassword,
    DatabaseProvider? Provider = null,
    string? ConnectionString = null);

/// <summary>Makes the first administrator. The module of users registers one.</summary>
public interface IAdministratorFactory
{
    /// <exception cref="SetupException">Name, e-mail or password will not do.</exception>
    Task CreateAsync(string userName, string? email, string password, CancellationToken cancellationToken);
}

/// <summary>Sets a site up: database, features, settings, administrator and recipe, in one go or not at all.</summary>
public sealed class SetupRunner(SiteHost sites, RecipeCatalog recipes, RecipeRunner runner)
{
    private int _running;

    /// <summary>Whether the configuration has chosen the database already.</summary>
    public bool IsDatabaseFixed => sites.DatabaseConfiguration.IsFixed;

    /// <exception cref="SetupException">An answer will not do; nothing has changed.</exception>
    public async Task RunAsync(SetupRequest request, CancellationToken cancellationToken)
    {
        var recipe = Check(request);
        if (Interlocked.Exchange(ref _running, 1) == 1)
            throw new SetupException("The site is being set up already");
        try
        {
            if (sites.IsSetUp)
                throw new SetupException("The site is set up already");
            var database = await OpenAsync(request, cancellationToken);
            var settings = SiteSettings.ForCulture(request.SiteName.Trim(), request.Culture);
            await sites.ChangeAsync(database, runner.FeaturesOf(recipe, request.Culture), async services =>
            {
                services.GetRequiredService<ActorContext>().Current = Actor.System("setup");
                await services.GetRequiredService<SettingsStore>().SaveSiteAsync(settings, cancellationToken);
                await services.GetRequiredService<IAdministratorFactory>().CreateAsync(request.AdminUserName, request.AdminEmail, request.AdminPassword, cancellationToken);
                await RecipeRunner.ExecuteAsync(recipe, request.Culture, services, cancellationToken);
                return true;
            }, isSetup: true, cancellationToken);
            if (!IsDatabaseFixed && request.Provider is { } provider)
                sites.DatabaseConfiguration.Remember(provider, request.ConnectionString);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private Recipe Check(SetupRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.SiteName) || request.SiteName.Length > 100)
            throw new SetupException("The site needs a name of at most {0} characters", 100) { Field = nameof(SetupRequest.SiteName) };
        if (!SiteSettings.Cultures.Contains(request.Culture))
            throw new SetupException("The language must be one of: {0}", string.Join(", ", SiteSettings.Cultures));
        return recipes.Find(request.Recipe) ?? throw new SetupException("There is no recipe {0}", request.Recipe);
    }

    private async Task<Database> OpenAsync(SetupRequest request, CancellationToken cancellationToken)
    {
        if (IsDatabaseFixed || request.Provider is null or DatabaseProvider.Sqlite)
            return sites.Database!;
        try
        {
            var database = sites.DatabaseConfiguration.Create(request.Provider.Value, request.ConnectionString);
            await sites.PrepareDatabaseAsync(database, cancellationToken);
            await using var session = new DbSession(database);
            if (await session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_settings WHERE name = ").Append(ColumnType.Text, FeatureState.SettingName), cancellationToken) > 0)
                throw new SetupException("That database belongs to a site that is set up already") { Field = nameof(SetupRequest.ConnectionString) };
            return database;
        }
        catch (Exception e) when (DatabaseConfiguration.IsUnreachable(e))
        {
            throw new SetupException("The database cannot be reached: {0}", e.Message) { Field = nameof(SetupRequest.ConnectionString) };
        }
    }
}
