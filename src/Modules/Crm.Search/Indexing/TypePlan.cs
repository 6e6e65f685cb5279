using System.Security.Cryptography;
using System.Text;
using Crm.Platform.Content;
using Crm.Platform.Fields;

namespace Crm.Search.Indexing;

internal enum FieldRole
{
    Text,

    /// <summary>The labels of the option, in both languages.</summary>
    Options,

    /// <summary>The name of another record.</summary>
    Link,
}

/// <summary>What of a content type is indexed: its texts, pick-lists and look-ups, those that administrators added included.</summary>
internal sealed class TypePlan
{
    private TypePlan(ContentTypeDefinition type, IReadOnlyList<(FieldDefinition, FieldRole)> fields) => (Type, Fields) = (type, fields);

    public ContentTypeDefinition Type { get; }

    public IReadOnlyList<(FieldDefinition Field, FieldRole Role)> Fields { get; }

    public static TypePlan Of(ContentTypeDefinition type, FieldKinds kinds)
        => new(type, [.. type.Fields.Where(f => !f.Hidden && !f.IsSystem).Select(f => (f, RoleOf(f, kinds.Of(f)))).Where(f => f.Item2 is not null).Select(f => (f.f, f.Item2!.Value))]);

    /// <summary>Owners and other users are filtered by, not searched for: their names would find all that they own.</summary>
    private static FieldRole? RoleOf(FieldDefinition field, FieldKind kind) => field switch
    {
        { Options.Count: > 0 } => FieldRole.Options,
        { Target: not null } => field.Kind is "lookUp" or "lookUps" ? FieldRole.Link : null,
        _ => kind.IsSearched ? FieldRole.Text : null,
    };

    /// <summary>The plan in short, to be kept with the index: a mark for each field and each option.</summary>
    public Dictionary<string, string> ToMarks()
    {
        var marks = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, role) in Fields)
        {
            marks[field.Name] = $"{role} {field.Kind} {field.Target}".TrimEnd();
            foreach (var option in field.Options)
                marks[$"{field.Name}/{option.Key}"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{option.Label.En}\n{option.Label.Zh}")).AsSpan(0, 6));
        }
        return marks;
    }

    /// <summary>Whether something that was indexed is indexed in another way now, or not any more.</summary>
    public bool Differs(Dictionary<string, string> indexed)
    {
        var marks = ToMarks();
        return indexed.Any(i => marks.GetValueOrDefault(i.Key) != i.Value);
    }

    /// <summary>Fields that were not there when the type was indexed.</summary>
    public IEnumerable<FieldDefinition> NewFields(Dictionary<string, string> indexed) => Fields.Select(f => f.Field).Where(f => !indexed.ContainsKey(f.Name));
}
