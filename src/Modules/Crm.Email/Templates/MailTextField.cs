using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.Email.Templates;

/// <summary>Text with merge fields; what is no template is refused with its line.</summary>
internal sealed class MailTextField : FieldKind
{
    public const string KindName = "mailText";

    private const int Limit = 200_000;

    private static readonly KindColumn[] MailTextColumns = [new("", ColumnType.Text)];

    public override string Name => KindName;

    public override LocalizedText Label => "Text with merge fields";

    public override Type ValueType => typeof(string);

    public override bool IsSortable => false;

    public override bool IsWide => true;

    public override IReadOnlyList<FilterOperator> Operators => [FilterOperator.Contains, FilterOperator.Equal, FilterOperator.NotEqual];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => MailTextColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context) => FieldParse.Ok(text.ReplaceLineEndings("\n").Trim());

    public override Message? Validate(FieldDefinition field, object value)
    {
        var text = (string)value;
        var max = field.MaxLength ?? Limit;
        if (text.Length > max)
            return new("{0} may have at most {1} characters; this has {2}", field.Label, max, text.Length);
        if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
            return new("{0} must not contain control characters", field.Label);
        try
        {
            TemplateText.Parse(text);
            return null;
        }
        catch (TemplateException e)
        {
            return e.Reason;
        }
    }
}
