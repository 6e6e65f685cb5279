using Crm.Contents.Forms;
using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Contents.Records;

/// <summary>The page of one record of any content type.</summary>
[Route("/{type:contentType(staff)}"), Route("/admin/{type:contentType(admin)}")]
internal sealed class RecordsController(ContentDefinitions definitions, QueryEngine queries, Timeline timeline, Moments moments, RelatedLists related, ListPlace places, UnkeptWords words, ActorContext actor) : Controller
{
    private const int Step = 50;
    private const int MostMoments = 500;

    /// <param name="show">How much of the timeline, from 50 in steps to 500.</param>
    /// <param name="list">Query of the list that the reader came from.</param>
    /// <param name="unkept">Given to show what the reader typed and gave up for another's words.</param>
    [HttpGet("{id:guid}"), RequireScreen]
    public async Task<IActionResult> Index([FromRoute] string type, Guid id, int? show, string? list, string? unkept, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await queries.GetAsync(type, id, cancellationToken) is not { } item)
            return NotFound();
        var shown = Math.Clamp(show ?? Step, Step, MostMoments);
        var page = await timeline.ReadAsync(definition, item, shown, cancellationToken);
        return View(new RecordPage(definition, item,
            FieldSection.Of(definition, definition.Fields.Where(f => IsShown(definition, f))),
            [.. page.Moments.GroupBy(m => moments.DayOf(m.Entry.At)).Select(g => new TimelineDay(g.Key, [.. g]))],
            await related.ReadAsync(definition, item, cancellationToken),
            actor.Current.Can(definition, ContentActions.Edit, item),
            actor.Current.Can(definition, ContentActions.Delete, item))
        {
            MoreUrl = page.HasMore && shown < MostMoments ? ListAddress.Keep(Request, $"{definition.Path}/{id}", ("show", $"{shown + Step}")) + $"#timeline-{shown}" : null,
            Place = await places.FindAsync(definition, id, list, cancellationToken),
            Unkept = unkept is null ? null : await words.OfAsync(definition, id, cancellationToken),
        });
    }

    /// <summary>The reader has seen, and copied, what he wants of the words that he gave up.</summary>
    [HttpPost("{id:guid}/forget-unkept"), RequireScreen]
    public async Task<IActionResult> ForgetUnkept([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        await words.ForgetAsync(definition, id, cancellationToken);
        return Redirect(ListAddress.Keep(Request, $"{definition.Path}/{id}"));
    }

    /// <summary>Name and key facts stand in the head, what the system keeps for itself nowhere.</summary>
    private bool IsShown(ContentTypeDefinition type, FieldDefinition field)
        => !field.Hidden && field.Name != type.DisplayField && !type.KeyFacts.Contains(field.Name) && !type.ShownByParts.Contains(field.Name)
            && field.Name is not (SystemFields.Id or SystemFields.DisplayText or SystemFields.Version or SystemFields.DeletedAt or SystemFields.DeletedBy)
            && (field.Target is null || definitions.Current.Find(field.Target) is not null);
}
