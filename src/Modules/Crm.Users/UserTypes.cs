using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>Names of the fields of users, roles and teams that code refers to.</summary>
internal static class UserFields
{
    public const string UserName = "userName";
    public const string Name = "name";
    public const string Email = "email";
    public const string Roles = "roles";
    public const string Teams = "teams";
    public const string IsActive = "isActive";
    public const string Culture = "culture";
    public const string TimeZone = "timeZone";
    public const string Permissions = "permissions";
}

/// <summary>Users, teams and roles are content like any other: with lists, history, undo, import and look-ups.</summary>
internal sealed class UserTypes : IContentTypeProvider
{
    public IEnumerable<ContentTypeDefinition> Types { get; } =
    [
        new()
        {
            Name = SystemTypes.Users,
            Label = "User",
            PluralLabel = "Users",
            Description = "People who sign in.",
            Icon = "users",
            IsAdmin = true,
            DisplayField = UserFields.Name,
            NeededFields = [UserFields.UserName, UserFields.Email, UserFields.Roles, UserFields.Teams, UserFields.IsActive, UserFields.Culture, UserFields.TimeZone],
            Fields =
            [
                Field.Text(UserFields.UserName, "User name") with { Unique = true, MaxLength = 50, Help = "For signing in: letters, digits and . _ -. Left empty, it is made from the e-mail address or the name" },
                Field.Text(UserFields.Name, "Full name") with { Required = true, MaxLength = 100 },
                Field.Email(UserFields.Email, "E-mail") with { Unique = true },
                new() { Name = UserFields.Roles, Kind = RolesField.KindName, Label = "Roles", Help = "What the user may do" },
                new() { Name = UserFields.Teams, Kind = TeamsField.KindName, Label = "Teams", Help = "Whose records the user shares" },
                Field.YesNo(UserFields.IsActive, "Active") with { Default = "true", Help = "Only active users can sign in" },
                Field.PickList(UserFields.Culture, "Language", new("en", new("English", "English")), new("zh-CN", new("简体中文", "简体中文"))) with { Help = "Empty: the browser’s" },
                Field.PickList(UserFields.TimeZone, "Time zone", [.. TimeZones.Names.Select(id => new PickListOption(id, new LocalizedText(id, id)))]) with { Help = "Empty: the site’s" },
            ],
            ListColumns = [UserFields.Name, UserFields.UserName, UserFields.Email, UserFields.Roles, UserFields.Teams, UserFields.IsActive],
            DefaultSort = [UserFields.Name],
            QuickSearch = [UserFields.Name, UserFields.UserName, UserFields.Email],
            KeyFacts = [UserFields.UserName, UserFields.Roles, UserFields.Teams, UserFields.IsActive],
        },
        new()
        {
            Name = SystemTypes.Teams,
            Label = "Team",
            PluralLabel = "Teams",
            Description = "Groups of users who share records.",
            Icon = "users-group",
            IsAdmin = true,
            DisplayField = UserFields.Name,
            Fields =
            [
                Field.Text(UserFields.Name, "Name") with { Required = true, Unique = true, MaxLength = 100 },
                Field.Text("description", "Description"),
            ],
            ListColumns = [UserFields.Name, "description"],
            DefaultSort = [UserFields.Name],
            QuickSearch = [UserFields.Name],
        },
        new()
        {
            Name = SystemTypes.Roles,
            Label = "Role",
            PluralLabel = "Roles",
            Description = "What their users may do.",
            TranslatedNames = RoleNames.All,
            Icon = "shield-lock",
            IsAdmin = true,
            DisplayField = UserFields.Name,
            NeededFields = ["description", UserFields.Permissions],
            ShownByParts = [UserFields.Permissions],
            Fields =
            [
                Field.Text(UserFields.Name, "Name") with { Required = true, Unique = true, MaxLength = 100 },
                Field.Text("description", "Description"),
                new() { Name = UserFields.Permissions, Kind = RolePermissionsField.KindName, Label = "Changed permissions", Help = "What differs from the role’s defaults" },
            ],
            ListColumns = [UserFields.Name, "description"],
            DefaultSort = [UserFields.Name],
            QuickSearch = [UserFields.Name],
        },
    ];
}
