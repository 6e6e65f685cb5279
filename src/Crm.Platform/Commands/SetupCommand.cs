using System.CommandLine;
using Crm.Platform.Data;
using Crm.Platform.Hosting;

namespace Crm.Platform.Commands;

/// <summary><c>setup</c>: what the set-up page does. What is not given comes from the section <c>Crm:Setup</c> of the configuration.</summary>
internal sealed class SetupCommand : Command
{
    private readonly Option<string> _siteName = new("--site-name") { Description = "Name of the site" };
    private readonly Option<string> _recipe = new("--recipe") { Description = "Blank or Demo" };
    private readonly Option<string> _culture = new("--culture") { Description = "en or zh-CN" };
    private readonly Option<string> _userName = new("--admin-user-name") { Description = "Sign-in name of the administrator" };
    private readonly Option<string> _email = new("--admin-email") { Description = "E-mail address of the administrator" };
    private readonly Option<string> _password = new("--admin-password") { Description = "Password; better given as Crm__Setup__AdminPassword" };
    private readonly Option<DatabaseProvider?> _provider = new("--database-provider") { Description = "Sqlite or Postgres" };
    private readonly Option<string> _connection = new("--connection-string") { Description = "For Postgres" };
    private readonly SetupRunner _setup;
    private readonly SiteHost _sites;
    private readonly SetupOptions _configured;

    public SetupCommand(SetupRunner setup, SiteHost sites, SetupOptions configured) : base("setup", "Sets the site up: database, administrator and recipe")
    {
        (_setup, _sites, _configured) = (setup, sites, configured);
        foreach (var option in new Option[] { _siteName, _recipe, _culture, _userName, _email, _password, _provider, _connection })
            Add(option);
    }

    public async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var a = run.Arguments;
        try
        {
            if (_sites.IsSetUp)
                throw new SetupException("The site is set up already");
            await _setup.RunAsync(new SetupRequest(
                a.GetValue(_siteName) ?? _configured.SiteName,
                a.GetValue(_culture) ?? _configured.Culture,
                a.GetValue(_recipe) ?? _configured.Recipe,
                a.GetValue(_userName) ?? _configured.AdminUserName ?? throw new SetupException("{0} is required", "--admin-user-name"),
                a.GetValue(_email) ?? _configured.AdminEmail,
                a.GetValue(_password) ?? _configured.AdminPassword ?? throw new SetupException("{0} is required", "--admin-password"),
                a.GetValue(_provider),
                a.GetValue(_connection)), cancellationToken);
            await run.Output.WriteLineAsync("The site is set up.");
            return 0;
        }
        catch (SetupException e)
        {
            await run.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
