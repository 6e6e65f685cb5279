using Crm.Api.Problems;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;

namespace Crm.Api;

/// <summary>One property of a type: a field, or the currency of a field that is an amount of money.</summary>
internal sealed record ApiProperty(string Name, FieldDefinition Field, FieldKind Kind, bool IsCurrency = false)
{
    public string EdmType => IsCurrency ? "Edm.String" : Kind.EdmType(Field);

    /// <summary>Set by the system: given in no request.</summary>
    public bool IsReadOnly => Field.ReadOnly;

    /// <summary>A new record needs it from whoever makes it.</summary>
    public bool IsRequired => this is { IsReadOnly: false, IsCurrency: false, Field: { Required: true, Default: null } };

    /// <summary>Its value is a file: no part of the record's JSON, but read and written below the record's address.</summary>
    public bool IsFile => Kind.ValueType == typeof(Platform.Files.StoredFile);

    /// <summary>Follows the address of a record.</summary>
    public string FilePath => $"/{Name}/$value";

    public bool IsNullable => Field.Name is not (SystemFields.Id or SystemFields.DisplayText or SystemFields.Version or SystemFields.CreatedAt or SystemFields.ModifiedAt);

    public IReadOnlyList<FilterOperator> Operators => IsCurrency ? [FilterOperator.Equal, FilterOperator.NotEqual] : Kind.Operators;

    public bool IsSortable => IsCurrency || Kind.IsSortable || Field.Name == SystemFields.Id;
}

/// <summary>The record that a look-up is the id of, or the records of which it has several ids.</summary>
/// <param name="Name">Name of the look-up and <c>Record</c>, or <c>Records</c>: two properties cannot have one name.</param>
internal sealed record ApiLink(string Name, FieldDefinition Field, ContentTypeDefinition Target)
{
    public bool IsSeveral => Field.LeadsTo is null;
}

/// <summary>The records of another type that point here.</summary>
/// <param name="Name">The other type, or <c>type_lookUp</c> when several of its look-ups point here.</param>
internal sealed record ApiList(string Name, ContentTypeDefinition Type, FieldDefinition LookUp);

/// <summary>A content type as a program sees it.</summary>
/// <param name="IsNamesOnly">Of users and the like, who does not manage them sees the names.</param>
internal sealed record ApiType(ContentTypeDefinition Definition, bool IsNamesOnly, IReadOnlyList<ApiProperty> Properties, IReadOnlyList<ApiLink> Links, IReadOnlyList<ApiList> Lists)
{
    public string Name => Definition.Name;

    public ApiProperty? Find(string name) => Properties.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What there is for the actor: the types that he may see, with the fields that are there at this moment.</summary>
internal sealed class ApiModel(ContentDefinitions definitions, FieldKinds kinds, ActorContext actor)
{
    public const string Namespace = "Crm";

    /// <summary>What is told of a file besides where its bytes are: terms of the model.</summary>
    public const string FileName = "FileName";
    public const string FileSize = "FileSize";

    private static readonly string[] First = [SystemFields.Id, SystemFields.DisplayText];
    private static readonly string[] Never = [SystemFields.DeletedAt, SystemFields.DeletedBy];

    private readonly Dictionary<string, ApiType> _types = new(StringComparer.OrdinalIgnoreCase);

    public DefinitionSet Definitions => definitions.Current;

    public IEnumerable<ApiType> Types => Definitions.Types.Where(MaySee).OrderBy(t => t.Name, StringComparer.Ordinal).Select(Of);

    /// <exception cref="ApiException">There is no such type, or the actor may not see it.</exception>
    public ApiType Get(string name)
    {
        if (Definitions.Find(name) is not { } definition)
            throw new ApiException(StatusCodes.Status404NotFound, "There is no content type {0}", name);
        return MaySee(definition) ? Of(definition) : throw new ApiException(StatusCodes.Status403Forbidden, "You have no right to see {0}", definition.PluralLabel);
    }

    public bool MaySee(ContentTypeDefinition type) => actor.Current.Can(type, ContentActions.View);

    public ApiType Of(ContentTypeDefinition type)
        => _types.TryGetValue(type.Name, out var known) ? known : _types[type.Name] = Make(type);

    private ApiType Make(ContentTypeDefinition type)
    {
        var isNamesOnly = actor.Current.SeesNamesOnly(type);
        var properties = new List<ApiProperty>();
        var fields = type.Fields.Where(f => !f.Hidden && !Never.Contains(f.Name) && actor.Current.Sees(type, f));
        foreach (var field in fields.OrderBy(f => !First.Contains(f.Name)).ThenBy(f => f.IsSystem && !First.Contains(f.Name)))
        {
            properties.Add(new(field.Name, field, kinds.Of(field)));
            if (field.Kind == "money")
                properties.Add(new($"{field.Name}Currency", field, kinds.Of(field), IsCurrency: true));
        }
        var taken = properties.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var links = properties.Where(p => p.Field.Target is not null && Definitions.Find(p.Field.Target) is { } target && MaySee(target))
            .Select(p => new ApiLink(p.Name + (p.Kind.IsSeveral ? "Records" : "Record"), p.Field, Definitions.Get(p.Field.Target!))).Where(l => taken.Add(l.Name)).ToList();
        return new(type, isNamesOnly, properties, links, isNamesOnly ? [] : Lists(type, taken));
    }

    private List<ApiList> Lists(ContentTypeDefinition type, HashSet<string> taken)
    {
        var pointing = Definitions.PointingTo(type.Name).Where(p => p.Field is { IsSystem: false, Hidden: false } && !kinds.Of(p.Field).IsSeveral && MaySee(p.Type) && actor.Current.Sees(p.Type, p.Field)).ToList();
        return [.. pointing.OrderBy(p => p.Type.Name, StringComparer.Ordinal)
            .Select(p => new ApiList(pointing.Count(o => o.Type == p.Type) == 1 ? p.Type.Name : $"{p.Type.Name}_{p.Field.Name}", p.Type, p.Field))
            .Select(l => taken.Add(l.Name) ? l : l with { Name = $"{l.Type.Name}_{l.LookUp.Name}" })];
    }
}
