using Crm.Platform.Commands;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;

namespace Crm.Users;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<UserTypes>();
        services.AddPermissions<UsersPermissions>();
        services.AddMenu<UsersMenu>();
        services.AddScoped<IContentHandler, UserNames>();
        services.AddScoped<IContentHandler, UserRules>();
        services.AddScoped<IContentHandler, OwnersTeam>();
        services.AddScoped<IAdministratorFactory, AdministratorFactory>();
        services.AddScoped<IActorProvider, UserActors>();
        services.AddScoped<PermissionCatalog>();
        services.AddScoped<UserRights>();
        services.AddScoped<RightMatrix>();
        services.AddScoped<Passwords>();
        services.AddScoped<CredentialStore>();
        services.AddScoped<SignInAttempt>();
        services.AddScoped<NameChoices>();
        services.AddSingleton<ActorCache>();
        services.AddSingleton(p => UsersOptions.From(p.GetRequiredService<IConfiguration>()));
        services.AddSingleton<SignInTries>();
        services.AddScoped<ISlotPart, UserActions>();
        services.AddScoped<ISlotPart, UserState>();
        services.AddScoped<ISlotPart, WhomToAsk>();
        services.AddScoped<IFormPart, InitialPassword>();
        services.AddScoped<ISlotPart, RoleRightsPart>();
        services.AddSingleton<SiteCommand, UserCommand>();
        AddIdentity(services);
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = "crm.auth";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
            cookie.SlidingExpiration = true;
        });
        // Before Identity's own, which step aside.
        services.AddSingleton<ILookupNormalizer, NameFolding>();
        services.AddScoped<IPasswordValidator<CrmUser>, PasswordValidator>();
        services.AddIdentityCore<CrmUser>(identity =>
        {
            identity.User.AllowedUserNameCharacters = "";
            // Of somebody who is signed in and gives the old password; before that, SignInTries counts.
            identity.Lockout.MaxFailedAccessAttempts = SignInTries.OfName;
            identity.Lockout.DefaultLockoutTimeSpan = SignInTries.NameWait;
        }).AddUserStore<UserStore>().AddSignInManager();
    }
}
