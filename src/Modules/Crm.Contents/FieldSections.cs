using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Contents;

/// <summary>Fields under one heading, in forms and on the record's page.</summary>
internal sealed record FieldSection(LocalizedText Heading, IReadOnlyList<FieldDefinition> Fields)
{
    private static readonly LocalizedText Responsible = "Responsible";
    private static readonly LocalizedText About = "About this record";

    public static IReadOnlyList<FieldSection> Of(ContentTypeDefinition type, IEnumerable<FieldDefinition> fields)
        => [.. fields.GroupBy(f => (f.Section ?? DefaultHeading(type, f)).En).Select(g => new FieldSection(g.First().Section ?? DefaultHeading(type, g.First()), [.. g]))];

    private static LocalizedText DefaultHeading(ContentTypeDefinition type, FieldDefinition field)
        => !field.IsSystem ? type.Label : field.Name is SystemFields.Owner or SystemFields.Team ? Responsible : About;
}
