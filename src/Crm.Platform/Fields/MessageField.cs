using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>Something that the system says about a record, kept so that each reader has it in his language; see <see cref="StoredMessage"/>.</summary>
internal sealed class MessageField : FieldKind
{
    private static readonly KindColumn[] MessageColumns = [new("", ColumnType.Text)];

    public override string Name => "message";

    public override LocalizedText Label => "Message of the system";

    public override Type ValueType => typeof(string);

    public override bool CanBeAdded => false;

    public override bool IsSortable => false;

    public override bool IsSearched => false;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Equality;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => MessageColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context) => FieldParse.Ok(text.Trim());

    /// <summary>In English: what reads the API is a program.</summary>
    public override System.Text.Json.Nodes.JsonNode? ToJson(FieldDefinition field, object value) => StoredMessage.Read((string)value).ToString();

    public override string Format(FieldDefinition field, object value, FormatContext context) => StoredMessage.Read((string)value).For(context.Localizer);
}
