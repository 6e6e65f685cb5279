using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Files;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>One file of any type but programs. What a filter and a sort compare is its name.</summary>
internal class FileField : FieldKind
{
    private static readonly KindColumn[] FileColumns = [new("", ColumnType.Text), new("_key", ColumnType.Text, IsKey: true)];

    public override string Name => "file";

    public override LocalizedText Label => "File";

    public override Type ValueType => typeof(StoredFile);

    public override bool IsTransferred => false;

    public override bool CanBeUnique => false;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Textual;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => FileColumns;

    public override object?[] ToColumns(FieldDefinition field, object? value) => value is StoredFile file ? [file.Write(), Fold(file.Name)] : [null, null];

    public override object? FromColumns(FieldDefinition field, ReadOnlySpan<object?> columns) => StoredFile.Read(columns[0] as string);

    public override object? ToFilterValue(FieldDefinition field, object? value) => value switch
    {
        StoredFile file => Fold(file.Name),
        string text => Fold(text),
        _ => value,
    };

    /// <summary>The content manager takes only the id from it, and sees to it that the file is the actor's or the record's own.</summary>
    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => StoredFile.Read(text.Trim()) is { } file ? FieldParse.Ok(file) : FieldParse.Fail("{0}: choose the file in the form; its name alone is not enough", field.Label);

    public override Message? Validate(FieldDefinition field, object value)
    {
        var file = (StoredFile)value;
        if (file.Size > (long)FileStore.MegabytesOf(field) << 20)
            return new("{0} may have at most {1} MB; this has {2}", field.Label, FileStore.MegabytesOf(field), Math.Round(file.Size / 1048576m, 1));
        return field.FileTypes.Count > 0 && !field.FileTypes.Contains(FileNames.Ending(file.Name), StringComparer.OrdinalIgnoreCase)
            ? new("{0} must be a file of type {1}", field.Label, string.Join(", ", field.FileTypes))
            : null;
    }

    public override Message? ValidateDefinition(FieldDefinition field)
    {
        if (field.Max is < 1 or > FileStore.MaxMegabytes)
            return new("The largest file must be between {0} and {1} MB", 1, FileStore.MaxMegabytes);
        return field.FileTypes.Count > 50 || field.FileTypes.Any(t => t.Length is 0 or > 10 || !t.All(char.IsAsciiLetterOrDigit))
            ? new("File types are endings of names, such as pdf, docx: at most {0}", 50)
            : null;
    }

    public override string ToInvariant(FieldDefinition field, object value) => ((StoredFile)value).Write();

    public override string Format(FieldDefinition field, object value, FormatContext context) => ((StoredFile)value).Name;

    /// <summary>A table of values can say which file, but not carry it.</summary>
    public override IReadOnlyList<string> SplitParts(FieldDefinition field, object value) => [((StoredFile)value).Name];

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => [((StoredFile)value).Write()];

    /// <summary>Its bytes have an address of their own.</summary>
    public override string EdmType(FieldDefinition field) => "Edm.Stream";
}

/// <summary>A picture that browsers draw: PNG, JPEG, GIF or WebP, by what is in it and not by its name. No SVG, which can carry script.</summary>
internal sealed class ImageField : FileField
{
    public override string Name => "image";

    public override LocalizedText Label => "Picture";

    public override Message? Validate(FieldDefinition field, object value)
        => ((StoredFile)value).IsImage ? base.Validate(field, value) : new("{0} must be a picture: PNG, JPEG, GIF or WebP", field.Label);
}
