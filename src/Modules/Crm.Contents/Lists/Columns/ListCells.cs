using System.Text.Encodings.Web;
using Crm.Contents.Inline;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>What the cells of each column have in common, written once: a page has hundreds of cells.</summary>
internal sealed class ListCells(InlineEdit inline, IStringLocalizer localizer, HtmlEncoder encoder)
{
    /// <summary>How many columns after the name a phone has room for.</summary>
    private const int OnPhone = 5;

    /// <summary>All columns but the first, which is the record's name.</summary>
    public IReadOnlyList<ListCell> Of(ListPage list)
        => [.. list.Columns.Skip(1).Select((column, i) => new ListCell(column, Attributes(column), list.Type.Find(column.Path) is { } field && inline.IsOffered(field), i < OnPhone))];

    private HtmlString Attributes(ListColumn column)
    {
        var label = encoder.Encode(column.Label);
        var edit = encoder.Encode(localizer["Edit {0}", column.Label]);
        var numeric = column.Kind.IsNumeric ? "class=\"num\" " : "";
        return new($"{numeric}data-col=\"{encoder.Encode(column.Path)}\" data-kind=\"{column.Kind.Name}\" data-label=\"{label}\" data-inline-label=\"{edit}\"");
    }
}

/// <param name="Attributes">Of every cell of the column.</param>
/// <param name="IsInline">Whether those who may change the record may do it in the cell.</param>
internal sealed record ListCell(ListColumn Column, IHtmlContent Attributes, bool IsInline, bool IsOnPhone);
