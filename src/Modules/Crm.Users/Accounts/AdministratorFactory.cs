using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

/// <summary>Makes the standard roles and the first administrator, inside the transaction of the set-up.</summary>
internal sealed class AdministratorFactory(IContentManager content, QueryEngine queries, Passwords passwords, SettingsStore settings, IStringLocalizer localizer) : IAdministratorFactory
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        [RoleNames.Administrator] = "May do everything",
        [RoleNames.Manager] = "Sees and changes everybody’s records",
        [RoleNames.Sales] = "Customers, contacts and sales",
        [RoleNames.Marketing] = "Campaigns, and the customers they are for",
        [RoleNames.Service] = "Tickets, and the customers they are about",
        [RoleNames.ReadOnly] = "Sees, but changes nothing",
    };

    public async Task CreateAsync(string userName, string? email, string password, CancellationToken cancellationToken)
    {
        if (PasswordPolicy.Check(password, userName) is { } problem)
            throw new SetupException(problem) { Field = nameof(SetupRequest.AdminPassword) };
        await CreateRolesAsync(cancellationToken);
        var saved = await content.SaveAsync(new ContentChange(SystemTypes.Users)
        {
            Texts =
            {
                [UserFields.UserName] = userName.Trim(),
                [UserFields.Name] = userName.Trim(),
                [UserFields.Email] = email,
                [UserFields.Roles] = RoleNames.Administrator,
            },
        }, SaveOptions.BySystem, cancellationToken);
        if (!saved.Succeeded)
            throw Refused(saved);
        // Whoever sets the site up has chosen the password, so it need not be changed.
        if (await passwords.SetAsync(saved.Id, password, mustChange: false, cancellationToken) is { } refused)
            throw new SetupException(refused) { Field = nameof(SetupRequest.AdminPassword) };
    }

    private async Task CreateRolesAsync(CancellationToken cancellationToken)
    {
        var present = (await queries.ListAsync(new Query(SystemTypes.Roles) { Columns = [], Take = QueryEngine.MaxTake }, cancellationToken)).Items.Select(r => r.DisplayText).ToList();
        var culture = CultureInfo.CurrentUICulture;
        try
        {
            // What is stored is in the site's language, whatever the language of whoever sets it up.
            CultureInfo.CurrentUICulture = settings.Site.CultureInfo;
            var roles = RoleNames.All.Except(present, StringComparer.OrdinalIgnoreCase).Select(role => new ContentChange(SystemTypes.Roles)
            {
                Values = { [UserFields.Name] = role, ["description"] = localizer[Descriptions[role]].Value },
            }).ToList();
            foreach (var result in await content.SaveManyAsync(SystemTypes.Roles, roles, SaveOptions.Default, cancellationToken))
                if (!result.Succeeded)
                    throw Refused(result);
        }
        finally
        {
            CultureInfo.CurrentUICulture = culture;
        }
    }

    private static SetupException Refused(SaveResult result)
    {
        var error = result.Errors.Count > 0 ? result.Errors[0] : new FieldError(null, new Message("It could not be saved"));
        return new SetupException(error.Message)
        {
            Field = error.Field switch
            {
                UserFields.UserName or UserFields.Name => nameof(SetupRequest.AdminUserName),
                UserFields.Email => nameof(SetupRequest.AdminEmail),
                _ => null,
            },
        };
    }
}
