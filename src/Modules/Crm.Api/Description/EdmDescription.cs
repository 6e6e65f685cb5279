using System.Text;
using System.Text.Json;
using System.Xml;
using Crm.Platform.Localization;
using Microsoft.Extensions.Localization;
using Microsoft.OData.Edm;
using Microsoft.OData.Edm.Csdl;
using Microsoft.OData.Edm.Validation;
using Microsoft.OData.Edm.Vocabularies;
using Microsoft.OData.Edm.Vocabularies.V1;

namespace Crm.Api.Description;

/// <summary>The types as an OData model (CSDL 4.0), with what may be filtered, sorted and written.</summary>
internal sealed class EdmDescription(IStringLocalizer localizer)
{
    public byte[] Xml(ApiModel api)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true }))
            Check(CsdlWriter.TryWriteCsdl(Build(api), writer, CsdlTarget.OData, out var errors), errors);
        return stream.ToArray();
    }

    public byte[] Json(ApiModel api)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Problems.ApiProblem.JsonOptions))
            Check(CsdlWriter.TryWriteCsdl(Build(api), writer, out var errors), errors);
        return stream.ToArray();
    }

    private static void Check(bool done, IEnumerable<EdmError> errors)
    {
        if (!done)
            throw new InvalidOperationException($"The model cannot be written: {string.Join("; ", errors)}");
    }

    private EdmModel Build(ApiModel api)
    {
        var model = new EdmModel();
        var container = new EdmEntityContainer(ApiModel.Namespace, "Container");
        var types = api.Types.ToDictionary(t => t.Name, t => (Api: t, Edm: new EdmEntityType(ApiModel.Namespace, t.Name)), StringComparer.OrdinalIgnoreCase);
        foreach (var (type, edm) in types.Values)
        {
            AddProperties(model, type, edm);
            model.AddElement(edm);
            container.AddEntitySet(type.Name, edm);
        }
        model.AddElement(container);
        model.AddElement(new EdmTerm(ApiModel.Namespace, ApiModel.FileName, EdmCoreModel.Instance.GetString(false), "Property"));
        model.AddElement(new EdmTerm(ApiModel.Namespace, ApiModel.FileSize, EdmCoreModel.Instance.GetInt64(false), "Property"));
        foreach (var (type, edm) in types.Values)
        {
            var set = (EdmEntitySet)container.FindEntitySet(type.Name);
            foreach (var (name, target, multiplicity) in type.Links.Select(l => (l.Name, l.Target.Name, l.IsSeveral ? EdmMultiplicity.Many : EdmMultiplicity.ZeroOrOne)).Concat(type.Lists.Select(l => (l.Name, l.Type.Name, EdmMultiplicity.Many))))
                if (types.TryGetValue(target, out var other))
                    set.AddNavigationTarget(edm.AddUnidirectionalNavigation(new() { Name = name, Target = other.Edm, TargetMultiplicity = multiplicity }), (EdmEntitySet)container.FindEntitySet(target));
            Restrict(model, set, "FilterRestrictions", "NonFilterableProperties", type.Properties.Where(p => p.Operators.Count == 0));
            Restrict(model, set, "InsertRestrictions", "RequiredProperties", type.Properties.Where(p => p.IsRequired));
            Restrict(model, set, "SortRestrictions", "NonSortableProperties", type.Properties.Where(p => !p.IsSortable));
        }
        return model;
    }

    private void AddProperties(EdmModel model, ApiType type, EdmEntityType edm)
    {
        foreach (var property in type.Properties)
        {
            var added = edm.AddStructuralProperty(property.Name, TypeOf(property));
            if (property.Name == "id")
                edm.AddKeys(added);
            Annotate(model, added, CoreVocabularyModel.DescriptionTerm, new EdmStringConstant(property.Field.Label.For(localizer)));
            if (property.IsReadOnly)
                Annotate(model, added, CoreVocabularyModel.ComputedTerm, new EdmBooleanConstant(true));
        }
    }

    private static IEdmTypeReference TypeOf(ApiProperty property)
    {
        var name = property.EdmType;
        var isCollection = name.StartsWith("Collection(", StringComparison.Ordinal);
        var element = isCollection ? name["Collection(".Length..^1] : name;
        if (element == "Edm.Untyped")
            return isCollection ? new EdmCollectionTypeReference(new EdmCollectionType(EdmCoreModel.Instance.GetUntyped())) : EdmCoreModel.Instance.GetUntyped();
        var kind = EdmCoreModel.Instance.GetPrimitiveTypeKind(element);
        IEdmTypeReference type = kind switch
        {
            EdmPrimitiveTypeKind.Decimal => EdmCoreModel.Instance.GetDecimal(18, 4, property.IsNullable),
            EdmPrimitiveTypeKind.DateTimeOffset => EdmCoreModel.Instance.GetTemporal(kind, 3, property.IsNullable),
            EdmPrimitiveTypeKind.String when property.Field.MaxLength is { } length && !property.IsCurrency => EdmCoreModel.Instance.GetString(false, length, true, property.IsNullable),
            _ => EdmCoreModel.Instance.GetPrimitive(kind, property.IsNullable),
        };
        return isCollection ? new EdmCollectionTypeReference(new EdmCollectionType(type)) : type;
    }

    private static void Restrict(EdmModel model, EdmEntitySet set, string term, string list, IEnumerable<ApiProperty> properties)
    {
        var paths = properties.Select(p => new EdmPropertyPathExpression(p.Name)).ToList();
        if (paths.Count > 0)
            Annotate(model, set, model.FindTerm($"Org.OData.Capabilities.V1.{term}"), new EdmRecordExpression(new EdmPropertyConstructor(list, new EdmCollectionExpression(paths))));
    }

    private static void Annotate(EdmModel model, IEdmVocabularyAnnotatable target, IEdmTerm term, IEdmExpression value)
    {
        var annotation = new EdmVocabularyAnnotation(target, term, value);
        annotation.SetSerializationLocation(model, EdmVocabularyAnnotationSerializationLocation.Inline);
        model.AddVocabularyAnnotation(annotation);
    }
}
