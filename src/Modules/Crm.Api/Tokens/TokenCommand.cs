using System.CommandLine;
using System.Globalization;
using Crm.Platform.Commands;
using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;

namespace Crm.Api.Tokens;

/// <summary><c>token create --user &lt;name&gt; [--name label] [--expires 90d]</c>: prints the token alone.</summary>
internal sealed class TokenCommand : SiteCommand
{
    private readonly Option<string> _user = new("--user") { Description = "User name of the one in whose name the token acts", Required = true };
    private readonly Option<string?> _name = new("--name") { Description = "What the token is for" };
    private readonly Option<string?> _expires = new("--expires") { Description = "How long it is valid, such as 90d, 6m or 2y; a year without it, five at most" };

    public TokenCommand() => Definition = new Command("token", "Tokens of the API") { new Command("create", "Makes a token and prints it") { _user, _name, _expires } };

    public override Command Definition { get; }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var userName = run.Arguments.GetRequiredValue(_user).Trim();
        var life = run.Arguments.GetValue(_expires) is { } text ? Life(text) : TokenStore.UsualLife;
        var query = new Query(SystemTypes.Users) { Where = Filter.Eq("userName", userName), Columns = ["isActive"], Take = 1 };
        if ((await run.Services.GetRequiredService<QueryEngine>().ListAsync(query, cancellationToken)).Items is not [var user])
            throw new SetupException("There is no user {0}", userName);
        if (!user.Get<bool>("isActive"))
            throw new SetupException("User {0} is not active", userName);
        var (token, problem) = await run.Services.GetRequiredService<TokenStore>().CreateAsync(user.Id, run.Arguments.GetValue(_name), life, cancellationToken);
        if (problem is not null)
            throw new SetupException(problem);
        await run.Output.WriteLineAsync(token);
        return 0;
    }

    private static TimeSpan Life(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 10_000)
            throw Wrong(text);
        return text[^1] switch
        {
            'd' => TimeSpan.FromDays(count),
            'm' => TimeSpan.FromDays(count * 365.0 / 12),
            'y' => TimeSpan.FromDays(count * 365),
            _ => throw Wrong(text),
        };
    }

    private static SetupException Wrong(string text) => new("{0} is not a time such as 90d, 6m or 2y", text);
}
