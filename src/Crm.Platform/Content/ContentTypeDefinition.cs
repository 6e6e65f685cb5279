using Crm.Platform.Localization;

namespace Crm.Platform.Content;

/// <summary>A content type: from this alone come its table, list, record page, forms, permissions, import and export.</summary>
public sealed record ContentTypeDefinition
{
    private const string CurrencyPart = "Currency";
    private const string RecordPart = "Record";

    /// <summary>Plural, lower camel case, such as <c>customers</c>: its address, table, API and permission name.</summary>
    public required string Name { get; init; }

    public required LocalizedText Label { get; init; }

    public required LocalizedText PluralLabel { get; init; }

    public LocalizedText? Description { get; init; }

    /// <summary>Name of a Tabler icon.</summary>
    public string Icon { get; init; } = "file";

    /// <summary>The field whose text stands for the record in look-ups, titles and search.</summary>
    public required string DisplayField { get; init; }

    public IReadOnlyList<FieldDefinition> Fields
    {
        get;
        init
        {
            field = value;
            _byName = value.DistinctBy(f => f.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);
        }
    } = [];

    private readonly Dictionary<string, FieldDefinition> _byName = [];

    /// <summary>Columns of the list, before anyone chooses others.</summary>
    public IReadOnlyList<string> ListColumns { get; init; } = [];

    /// <summary>Field names, <c>-</c> before one that descends.</summary>
    public IReadOnlyList<string> DefaultSort { get; init; } = [];

    /// <summary>Fields that the quick search looks into.</summary>
    public IReadOnlyList<string> QuickSearch { get; init; } = [];

    /// <summary>Fields shown in the head of the record's page.</summary>
    public IReadOnlyList<string> KeyFacts { get; init; } = [];

    /// <summary>Fields that a part of the record's page shows in a way of its own; they do not stand among the facts as well.</summary>
    public IReadOnlyList<string> ShownByParts { get; init; } = [];

    /// <summary>
    /// Fields that code asks for by name. Administrators relabel, move and require them, but do not hide them: pages, rules
    /// and background work would fail.
    /// </summary>
    public IReadOnlyList<string> NeededFields { get; init; } = [];

    /// <summary>Fields of which a record needs one at least.</summary>
    public IReadOnlyList<OneOf> OneOf { get; init; } = [];

    /// <summary>Questions that people ask of the list every day, shown as tabs above it. Those that name fields which are not there are left out.</summary>
    public IReadOnlyList<QuickFilter> QuickFilters { get; init; } = [];

    /// <summary>The money field whose sum says what several records are worth; null when there is none.</summary>
    public string? Amount { get; init; }

    /// <summary>Records whose amounts are summed apart, such as open and won ones, where a sum of all would say nothing. Empty to sum all.</summary>
    public IReadOnlyList<QuickFilter> AmountParts { get; init; } = [];

    /// <summary>How its records stand on a board; null when there is none.</summary>
    public BoardDefinition? Board { get; init; }

    /// <summary>A link between two records with facts of its own, such as somebody's role at a company; null for what stands for itself.</summary>
    public RelationDefinition? Relation { get; init; }

    /// <summary>Shown only as part of other records, such as the messages of a ticket: no list, page, form or menu entry of its own.</summary>
    public bool IsPart { get; init; }

    /// <summary>
    /// A look-up or link to any record, required of every record: whoever may see the record that it leads to may see
    /// these, and nobody else, whatever the way they are read.
    /// </summary>
    public string? ScopedBy { get; init; }

    /// <summary>Names of records that come with the product and so have translations, such as the standard roles.</summary>
    public IReadOnlyList<string> TranslatedNames { get; init; } = [];

    /// <summary>Part of the administration: its screens are under <c>/admin</c>.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>Made in the browser or by a recipe: so a module's type that was only changed does not outlive its feature.</summary>
    public bool IsMade { get; init; }

    /// <summary>The feature that declares the type; null when an administrator made it.</summary>
    public string? Feature { get; init; }

    /// <summary>The screens' address: <c>/customers</c>, or <c>/admin/users</c>.</summary>
    public string Path => IsAdmin ? $"/admin/{Name}" : $"/{Name}";

    public FieldDefinition? Find(string field) => _byName.GetValueOrDefault(field);

    /// <summary>
    /// What queries know by a name: a field, the currency of the money field <c>amount</c> as <c>amountCurrency</c>, or a part
    /// of the address <c>billing</c> as <c>billingCity</c>.
    /// </summary>
    public FieldDefinition? FindColumn(string name)
    {
        if (Find(name) is { } field)
            return field;
        if (Part(CurrencyPart, "money") is { } money)
            return Column(money, CurrencyPart, "Currency");
        foreach (var (part, label) in Crm.Platform.Fields.AddressParts.Columns)
            if (Part(part, "address") is { } address)
                return Column(address, part, label);
        return null;

        FieldDefinition? Part(string part, string kind)
            => name.EndsWith(part, StringComparison.OrdinalIgnoreCase) && Find(name[..^part.Length]) is { } owner && owner.Kind == kind ? owner : null;

        FieldDefinition Column(FieldDefinition owner, string part, LocalizedText label)
            => new() { Name = owner.Name + part, Kind = "pickList", Label = label, Open = true, Hidden = owner.Hidden };
    }

    /// <summary>The look-up that a path goes through: by its name, or as <c>customerRecord</c>, as the API calls the record that <c>customer</c> is the id of.</summary>
    public FieldDefinition? FindLink(string name)
        => Find(name) ?? (name.EndsWith(RecordPart, StringComparison.OrdinalIgnoreCase) && Find(name[..^RecordPart.Length]) is { LeadsTo: not null } lookUp ? lookUp : null);

    /// <summary>Whether code cannot do without the field.</summary>
    public bool Needs(string field) => NeededFields.Contains(field, StringComparer.OrdinalIgnoreCase);

    public FieldDefinition Field(string field)
        => Find(field) ?? throw new ArgumentException($"Content type {Name} has no field {field}.", nameof(field));

    public string Permission(string action) => $"{Name}.{action}";
}

/// <summary>
/// A type whose records link two others, many to many. On either side's page the related list shows the other side with the
/// link's own fields. The display field is read-only text and set from both names.
/// </summary>
/// <param name="From">A required look-up; its record's name comes first.</param>
/// <param name="To">The other required look-up.</param>
public sealed record RelationDefinition(string From, string To)
{
    public string Other(string side) => string.Equals(side, From, StringComparison.OrdinalIgnoreCase) ? To : From;
}

/// <summary>Fields that can stand for each other: where all are empty, the first is at fault.</summary>
/// <param name="Refusal">Such as "Choose a contact or a customer, or give a name".</param>
public sealed record OneOf(LocalizedText Refusal, params IReadOnlyList<string> Fields);

/// <param name="Filter">In the filter language, with <c>@me</c> and relative dates: <c>owner eq @me and dueAt lt @today</c>.</param>
/// <param name="Sort">Paths with commas between them, <c>-</c> before one that descends; null for the list's own order.</param>
public sealed record QuickFilter(LocalizedText Label, string Filter, string? Sort = null);

/// <summary>Fields that a module adds to another module's type.</summary>
public sealed record ContentTypeExtension(string Type, IReadOnlyList<FieldDefinition> Fields);

/// <summary>Declares a module's content types. Register with <c>services.AddContentType&lt;T&gt;()</c>.</summary>
public interface IContentTypeProvider
{
    IEnumerable<ContentTypeDefinition> Types => [];

    IEnumerable<ContentTypeExtension> Extensions => [];
}

/// <summary>Actions that every content type has a permission for.</summary>
public static class ContentActions
{
    public const string View = "view";
    public const string Create = "create";
    public const string Edit = "edit";
    public const string Delete = "delete";
    public const string Import = "import";
    public const string Export = "export";

    /// <summary>Add options to open pick-lists by typing or importing them.</summary>
    public const string AddOptions = "addOptions";

    public static IReadOnlyList<string> All { get; } = [View, Create, Edit, Delete, Import, Export, AddOptions];

    /// <summary>Actions that can be limited to one's own or one's team's records.</summary>
    public static bool IsScoped(string action) => action is View or Edit or Delete;
}

/// <summary>Types that the platform itself needs.</summary>
public static class SystemTypes
{
    public const string Users = "users";
    public const string Teams = "teams";
    public const string Roles = "roles";
}

/// <summary>Fields that every type has.</summary>
public static class SystemFields
{
    public const string Id = "id";
    public const string DisplayText = "displayText";
    public const string Owner = "owner";
    public const string Team = "team";
    public const string CreatedAt = "createdAt";
    public const string CreatedBy = "createdBy";
    public const string ModifiedAt = "modifiedAt";
    public const string ModifiedBy = "modifiedBy";
    public const string Version = "version";
    public const string DeletedAt = "deletedAt";
    public const string DeletedBy = "deletedBy";

    /// <summary>When and by whom a record was made and last changed.</summary>
    public static IReadOnlyList<string> Stamps { get; } = [CreatedAt, CreatedBy, ModifiedAt, ModifiedBy];

    /// <summary>Users, roles and the like are nobody's own: their owner and team are not shown.</summary>
    internal static IEnumerable<FieldDefinition> For(ContentTypeDefinition type)
        => type.IsAdmin ? All.Select(f => f.Name is Owner or Team ? f with { Hidden = true, Default = null } : f) : All;

    internal static IReadOnlyList<FieldDefinition> All { get; } =
    [
        new() { Name = Id, Kind = "id", Label = "Id", IsSystem = true, ReadOnly = true, Order = 1000 },
        new() { Name = DisplayText, Kind = "text", Label = "Name", IsSystem = true, ReadOnly = true, Indexed = true, Order = 1001 },
        new() { Name = Owner, Kind = "user", Target = SystemTypes.Users, Label = "Owner", IsSystem = true, Default = "@me", Indexed = true, Order = 900, Aliases = ["Responsible", "Assigned to", "Salesperson", "所有者", "业务员"] },
        new() { Name = Team, Kind = "lookUp", Target = SystemTypes.Teams, Label = "Team", IsSystem = true, Indexed = true, Order = 901 },
        new() { Name = CreatedAt, Kind = "dateTime", Label = "Created", IsSystem = true, ReadOnly = true, Indexed = true, Order = 1002 },
        new() { Name = CreatedBy, Kind = "user", Target = SystemTypes.Users, Label = "Created by", IsSystem = true, ReadOnly = true, Order = 1003 },
        new() { Name = ModifiedAt, Kind = "dateTime", Label = "Modified", IsSystem = true, ReadOnly = true, Indexed = true, Order = 1004 },
        new() { Name = ModifiedBy, Kind = "user", Target = SystemTypes.Users, Label = "Modified by", IsSystem = true, ReadOnly = true, Order = 1005 },
        new() { Name = Version, Kind = "number", Label = "Version", IsSystem = true, ReadOnly = true, Order = 1006 },
        new() { Name = DeletedAt, Kind = "dateTime", Label = "Deleted", IsSystem = true, ReadOnly = true, Order = 1007 },
        new() { Name = DeletedBy, Kind = "user", Target = SystemTypes.Users, Label = "Deleted by", IsSystem = true, ReadOnly = true, Order = 1008 },
    ];
}
