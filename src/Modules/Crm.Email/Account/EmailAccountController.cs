using Crm.Email.Ledger;
using Crm.Email.Sending;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Email.Account;

/// <summary>The account that sends this site's mail, and a test of it.</summary>
[RequirePermission(EmailPermissions.Settings)]
internal sealed class EmailAccountController(EmailAccount accounts, MailQueueCounts counts, SenderStatus status, OutboxFolder outbox, SettingsStore settings, MailSignal signal, TimeProvider clock, IStringLocalizer localizer) : Controller
{
    private const string Address = "/admin/email";

    [HttpGet(Address)]
    public async Task<IActionResult> Index(CancellationToken cancellationToken)
        => await ShowAsync(AccountForm.Of(await accounts.ReadAsync(cancellationToken)), [], null, cancellationToken);

    [HttpPost(Address)]
    public async Task<IActionResult> Save(AccountForm form, CancellationToken cancellationToken)
    {
        var (account, errors) = form.ToSettings(await accounts.ReadAsync(cancellationToken));
        if (errors.Count > 0)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return await ShowAsync(form, errors, null, cancellationToken);
        }
        await accounts.SaveAsync(account, form.Password, cancellationToken);
        signal.Notify();
        new Toast(account.HasServer ? localizer["The e-mail account was saved."] : localizer["Saved. Without a server, mail is written into the outbox folder."]).ShowOnNextPage(this);
        return Redirect(Address);
    }

    /// <summary>Sends one message at once with what the form says, and shows what the server said.</summary>
    [HttpPost(Address + "/test")]
    public async Task<IActionResult> Test(AccountForm form, CancellationToken cancellationToken)
    {
        var stored = await accounts.ReadAsync(cancellationToken);
        var (account, errors) = form.ToSettings(stored);
        if (form.TestTo is not { Length: > 0 } to || !MailAddresses.AreSendable(to.Trim()))
            errors.Add(new(nameof(AccountForm.TestTo), new("Say where the test goes to: an e-mail address such as name@example.com")));
        if (errors.Count > 0)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return await ShowAsync(form, errors, null, cancellationToken);
        }
        var password = string.IsNullOrEmpty(form.Password) ? accounts.PasswordOf(account) : form.Password;
        return await ShowAsync(form, [], await TestAsync(account, password, form.TestTo!.Trim(), cancellationToken), cancellationToken);
    }

    private async Task<TestResult> TestAsync(EmailSettings account, string? password, string to, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var message = MessageBuilder.Build(id, MessageBuilder.From(account, settings.Site.Name) with
        {
            To = to,
            Subject = localizer["Test message from {0}", settings.Site.Name],
            Text = localizer["If you can read this, {0} can send e-mail.", settings.Site.Name],
        }, clock.GetUtcNow());
        await using IMailConnection connection = account.HasServer ? new SmtpConnection(account, password) : outbox;
        try
        {
            await connection.OpenAsync(cancellationToken);
            var delivery = await connection.SendAsync(id, message);
            return new(delivery.State == MailStates.Sent, delivery.Answer ?? (delivery.Reason is { } reason ? StoredMessage.Read(reason).For(localizer) : ""), account.HasServer ? null : $"{Address}/outbox/{id}");
        }
        catch (ServerUnreachableException e)
        {
            return new(false, e.Message, null);
        }
    }

    private async Task<ViewResult> ShowAsync(AccountForm form, IReadOnlyList<FormProblem> errors, TestResult? test, CancellationToken cancellationToken)
    {
        var stored = await accounts.ReadAsync(cancellationToken);
        return View("Index", new AccountPage(form, errors, test, stored.ProtectedPassword is not null, status.Now, await counts.ReadAsync(cancellationToken)));
    }
}

internal sealed record FormProblem(string Field, Message Message);

/// <param name="Answer">The server's words.</param>
/// <param name="ReadUrl">Where the message can be read, when it went into the outbox folder.</param>
internal sealed record TestResult(bool Succeeded, string Answer, string? ReadUrl)
{
    /// <summary>There is no server: what succeeded is the writing of a file.</summary>
    public bool IsOnlyWritten => Succeeded && ReadUrl is not null;
}

internal sealed record AccountPage(AccountForm Form, IReadOnlyList<FormProblem> Errors, TestResult? Test, bool HasPassword, SenderStatus.Problem? Problem, IReadOnlyDictionary<string, long> Counts)
{
    public Message? ErrorOf(string field) => Errors.FirstOrDefault(e => e.Field == field)?.Message;
}
