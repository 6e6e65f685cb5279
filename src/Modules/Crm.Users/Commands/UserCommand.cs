using System.CommandLine;
using Crm.Platform.Commands;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;

namespace Crm.Users;

/// <summary><c>user create</c> and <c>user password</c>. A password is an option, else <c>CRM_PASSWORD</c>, else a line of standard input.</summary>
internal sealed class UserCommand : SiteCommand
{
    private readonly Option<string> _userName = new("--user-name") { Description = "For signing in", Required = true };
    private readonly Option<string> _name = new("--name") { Description = "The person's name; without it the user name" };
    private readonly Option<string> _email = new("--email") { Description = "E-mail address" };
    private readonly Option<string[]> _roles = new("--role") { Description = "Name of a role; may be given several times", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _teams = new("--team") { Description = "Name of a team; may be given several times", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _password = new("--password") { Description = "Better given as CRM_PASSWORD or on standard input" };
    private readonly Option<bool> _noChange = new("--no-change") { Description = "The password need not be changed at the next sign-in" };
    private readonly Command _create;

    public UserCommand()
    {
        _create = new Command("create", "Creates a user with an initial password") { _userName, _name, _email, _roles, _teams, _password, _noChange };
        Definition = new Command("user", "Users") { _create, new Command("password", "Gives a user another password") { _userName, _password, _noChange } };
    }

    public override Command Definition { get; }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var userName = run.Arguments.GetRequiredValue(_userName).Trim();
        var password = run.Arguments.GetValue(_password) ?? Environment.GetEnvironmentVariable("CRM_PASSWORD") ?? await Console.In.ReadLineAsync(cancellationToken);
        if (string.IsNullOrEmpty(password))
            throw new SetupException("Give a password: as --password, as CRM_PASSWORD, or on standard input");
        var isNew = run.Arguments.CommandResult.Command == _create;
        // The user and the password, or neither.
        await run.Services.GetRequiredService<DbSession>().TransactAsync(async () =>
        {
            var id = isNew ? await CreateAsync(run, userName, cancellationToken) : await FindAsync(run, userName, cancellationToken);
            if (await run.Services.GetRequiredService<Passwords>().SetAsync(id, password, !run.Arguments.GetValue(_noChange), cancellationToken) is { } problem)
                throw new SetupException(problem);
        }, cancellationToken);
        await run.Output.WriteLineAsync(isNew ? $"User {userName} is created." : $"User {userName} has a new password.");
        return 0;
    }

    private async Task<Guid> CreateAsync(CommandRun run, string userName, CancellationToken cancellationToken)
    {
        var a = run.Arguments;
        var result = await run.Services.GetRequiredService<IContentManager>().SaveAsync(new ContentChange(SystemTypes.Users)
        {
            Texts =
            {
                [UserFields.UserName] = userName,
                [UserFields.Name] = a.GetValue(_name) ?? userName,
                [UserFields.Email] = a.GetValue(_email),
                [UserFields.Roles] = NamesField.Join(a.GetValue(_roles) ?? []),
                [UserFields.Teams] = NamesField.Join(a.GetValue(_teams) ?? []),
            },
        }, SaveOptions.BySystem, cancellationToken);
        return result.Succeeded ? result.Id : throw new SetupException(string.Join("; ", result.Errors.Select(e => e.Message)));
    }

    private static async Task<Guid> FindAsync(CommandRun run, string userName, CancellationToken cancellationToken)
    {
        var query = new Query(SystemTypes.Users) { Where = Filter.Eq(UserFields.UserName, userName), Columns = [], Take = 1 };
        var page = await run.Services.GetRequiredService<QueryEngine>().ListAsync(query, cancellationToken);
        return page.Items is [var user] ? user.Id : throw new SetupException("There is no user {0}", userName);
    }
}
