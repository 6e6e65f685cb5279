using System.Reflection;
using Crm.Platform.Content;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Crm.Platform.Display;

/// <summary>Something that happened to a record or had to do with it.</summary>
/// <param name="At">When, in UTC; the newest stand first.</param>
/// <param name="Icon">Name of a Tabler icon.</param>
/// <param name="View">What happened, in words: a partial view in the source's <c>Views/Shared</c>. It says the time itself.</param>
public sealed record TimelineEntry(DateTime At, string Icon, SlotView View);

/// <param name="Take">At most so many entries, the newest.</param>
public sealed record TimelineRequest(ContentTypeDefinition Type, ContentItem Item, int Take);

/// <summary>
/// What a module knows about a record's past. The reader's rights hold: read through the query engine. Register with
/// <c>services.AddScoped&lt;ITimelineSource, T&gt;()</c>.
/// </summary>
public interface ITimelineSource
{
    Task<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineRequest request, CancellationToken cancellationToken);
}

/// <param name="Module">The assembly whose view the entry names.</param>
public sealed record TimelineMoment(TimelineEntry Entry, Assembly Module);

/// <param name="HasMore">Whether there are older ones.</param>
public sealed record TimelinePage(IReadOnlyList<TimelineMoment> Moments, bool HasMore);

/// <summary>What all sources know about a record, newest first.</summary>
public sealed class Timeline(IEnumerable<ITimelineSource> sources)
{
    public async Task<TimelinePage> ReadAsync(ContentTypeDefinition type, ContentItem item, int take, CancellationToken cancellationToken)
    {
        var all = new List<TimelineMoment>();
        foreach (var source in sources)
            all.AddRange((await source.ReadAsync(new TimelineRequest(type, item, take + 1), cancellationToken)).Select(e => new TimelineMoment(e, source.GetType().Assembly)));
        return new TimelinePage([.. all.OrderByDescending(m => m.Entry.At).Take(take)], all.Count > take);
    }
}

/// <summary><c>&lt;timeline-entry moment="..." /&gt;</c>: an entry by its source's view.</summary>
[HtmlTargetElement("timeline-entry", TagStructure = TagStructure.WithoutEndTag)]
public sealed class TimelineEntryTagHelper(ModuleTemplates templates) : TagHelper
{
    public required TimelineMoment Moment { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        var view = Moment.Entry.View;
        output.Content.SetHtmlContent(await templates.RenderAsync(ViewContext, Moment.Module, view.View, view.Model)
            ?? throw new InvalidOperationException($"{Moment.Module.GetName().Name} names the view {view.View}, which is not in its Views/Shared."));
    }
}
