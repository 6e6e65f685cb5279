using Crm.Platform.Content;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Crm.Platform.Display;

/// <summary>Names of the places that modules can fill.</summary>
public static class SlotNames
{
    /// <summary>Right column of a record's page, beside the related lists.</summary>
    public const string RecordRelated = "record.related";

    /// <summary>Middle column of a record's page, above the history.</summary>
    public const string RecordMain = "record.main";

    /// <summary>Buttons in the head of a record's page.</summary>
    public const string RecordActions = "record.actions";

    /// <summary>Buttons in the head of a list.</summary>
    public const string ListActions = "list.actions";

    /// <summary>
    /// What can be done with the records that are chosen on a list: buttons inside the form of the selection, with a
    /// <c>formaction</c> of their own. It posts <c>ids</c>, once for each chosen record, or <c>all=1</c> for all that the
    /// list's <c>filter</c> and <c>q</c> match, which it posts too.
    /// </summary>
    public const string ListBulk = "list.bulk";

    /// <summary>Line of figures in the head of a record's page, such as what is open and won. Each part is one <c>&lt;a class="figure"&gt;</c> or <c>&lt;span class="figure"&gt;</c>.</summary>
    public const string RecordFigures = "record.figures";

    /// <summary>Key figures at the top of the staff's first page. Each part renders one or more <c>&lt;a class="figure-card"&gt;</c>.</summary>
    public const string HomeFigures = "home.figures";

    /// <summary>Wide column of the staff's first page: what I must do.</summary>
    public const string HomeMain = "home.main";

    /// <summary>Narrow column of the staff's first page: what I want to see.</summary>
    public const string HomeSide = "home.side";

    /// <summary>Sections of one's own profile, below language and time.</summary>
    public const string Profile = "profile";

    /// <summary>On the page that says that one may not do something: whom to ask.</summary>
    public const string Refused = "refused";

    /// <summary>Buttons at the end of the top bar of every page.</summary>
    public const string TopBar = "top";
}

/// <summary>What a slot is about.</summary>
/// <param name="Type">The content type; null on pages that are about none.</param>
/// <param name="Item">The record; null on lists.</param>
public sealed record SlotContext(string Slot, ContentTypeDefinition? Type = null, ContentItem? Item = null);

/// <param name="View">Name of a partial view in the module's <c>Views/Shared</c>.</param>
public sealed record SlotView(string View, object? Model = null);

/// <summary>A module's part in a slot. Register with <c>services.AddScoped&lt;ISlotPart, T&gt;()</c>.</summary>
public interface ISlotPart
{
    string Slot { get; }

    int Order => 100;

    /// <summary>What to show; null for nothing here.</summary>
    Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken);
}

/// <summary><c>&lt;slot-parts context="..." /&gt;</c>: all parts that modules put there, in order.</summary>
[HtmlTargetElement("slot-parts", TagStructure = TagStructure.WithoutEndTag)]
public sealed class SlotPartsTagHelper(IEnumerable<ISlotPart> parts, ModuleTemplates templates) : TagHelper
{
    public required SlotContext Context { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        foreach (var part in parts.Where(p => p.Slot == Context.Slot).OrderBy(p => p.Order))
            if (await part.GetAsync(Context, ViewContext.HttpContext.RequestAborted) is { } view)
                output.Content.AppendHtml(await templates.RenderAsync(ViewContext, part.GetType().Assembly, view.View, view.Model)
                    ?? throw new InvalidOperationException($"{part.GetType()} names the view {view.View}, which is not in its module's Views/Shared."));
    }
}
