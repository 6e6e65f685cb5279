using System.Text.Json;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>What an administrator has changed of a role's default rights, and only that: <c>{"customers.edit":"own"}</c>.</summary>
internal sealed class RolePermissionsField : FieldKind
{
    public const string KindName = "permissions";

    private static readonly KindColumn[] PermissionColumns = [new("", ColumnType.Text)];

    public override string Name => KindName;

    public override LocalizedText Label => "Permissions";

    public override bool CanBeAdded => false;

    public override Type ValueType => typeof(string);

    public override bool IsSortable => false;

    public override bool IsSearched => false;

    public override IReadOnlyList<FilterOperator> Operators => [FilterOperator.Contains, FilterOperator.Equal, FilterOperator.NotEqual];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => PermissionColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => Read(text) is { } rights
            ? new FieldParse(Write(rights), null)
            : FieldParse.Fail("{0} must be an object of none, own, team or all by permission", field.Label);

    public override Message? Validate(FieldDefinition field, object value)
        => Read((string)value) is null ? new("{0} must be an object of none, own, team or all by permission", field.Label) : null;

    public override string Format(FieldDefinition field, object value, FormatContext context)
        => string.Join(", ", (Read((string)value) ?? []).Select(r => $"{r.Key}: {context.Localizer[ScopeText(r.Value)]}"));

    /// <returns>Null when the text is not what it should be.</returns>
    public static SortedDictionary<string, PermissionScope>? Read(string? text)
    {
        var rights = new SortedDictionary<string, PermissionScope>(StringComparer.OrdinalIgnoreCase);
        if (string.IsNullOrEmpty(text))
            return rights;
        try
        {
            foreach (var (permission, scope) in JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [])
            {
                if (permission.Length is 0 or > 120 || char.IsAsciiDigit(scope.FirstOrDefault()) || !Enum.TryParse<PermissionScope>(scope, ignoreCase: true, out var value))
                    return null;
                rights[permission] = value;
            }
            return rights;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>Null when nothing differs.</returns>
    public static string? Write(IReadOnlyDictionary<string, PermissionScope> rights)
        => rights.Count == 0 ? null : JsonSerializer.Serialize(rights.OrderBy(r => r.Key, StringComparer.Ordinal).ToDictionary(r => r.Key, r => r.Value.ToString().ToLowerInvariant()));

    public static string ScopeText(PermissionScope scope) => scope switch
    {
        PermissionScope.Own => "Own",
        PermissionScope.Team => "Team’s",
        PermissionScope.All => "All",
        _ => "None",
    };
}
