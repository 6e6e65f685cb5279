using System.Globalization;
using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Figures;

/// <param name="Url">The records behind the number; null when it is one of this very record.</param>
internal sealed record TicketFigure(string Label, string Value, string? Url);

/// <summary>How many tickets of a customer or contact are not done.</summary>
internal sealed class OpenTicketsOfCustomer(QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : ISlotPart
{
    public string Slot => SlotNames.RecordFigures;

    public int Order => 40;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var lookUp = context.Type?.Name switch { CustomerType.Name => TicketFields.Customer, ContactType.Name => TicketFields.Contact, _ => null };
        if (lookUp is null || context.Item is null || !actor.Current.Can(definitions.Current.Get(TicketType.Name), ContentActions.View))
            return null;
        var where = Filter.And(Filter.Eq(lookUp, context.Item.Id), TicketStatus.Undone);
        var count = await queries.CountAsync(TicketType.Name, where, cancellationToken);
        return count.Count == 0 ? null : new("_TicketFigures", new[]
        {
            new TicketFigure(localizer["Open tickets"], count.Count.ToString("N0", CultureInfo.CurrentCulture), ListLinks.Of(definitions.Current.Get(TicketType.Name), where)),
        });
    }
}

/// <summary>How many tickets wait, on the first page.</summary>
internal sealed class OpenTicketsOnHome(QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : ISlotPart
{
    public string Slot => SlotNames.HomeFigures;

    public int Order => 40;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(TicketType.Name);
        if (!actor.Current.Can(type, ContentActions.View))
            return null;
        var count = await queries.CountAsync(TicketType.Name, TicketStatus.Undone, cancellationToken);
        return new("_HomeTickets", new TicketFigure(localizer["Open tickets"], count.Count.ToString("N0", CultureInfo.CurrentCulture) + (count.IsCapped ? "+" : ""), ListLinks.Of(type, TicketStatus.Undone)));
    }
}

/// <summary>How long the first reply and the solution took, in words.</summary>
internal sealed class TimesOfTicket(IStringLocalizer localizer) : ISlotPart
{
    public string Slot => SlotNames.RecordFigures;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context is not { Type.Name: TicketType.Name, Item: { } ticket })
            return Task.FromResult<SlotView?>(null);
        var figures = new[] { (TicketFields.FirstReplyMinutes, "First reply after"), (TicketFields.ResolutionMinutes, "Solved after") }
            .Where(f => ticket[f.Item1] is decimal)
            .Select(f => new TicketFigure(new LocalizedText(f.Item2).For(localizer), Durations.InWords((long)ticket.Get<decimal>(f.Item1), localizer), null)).ToArray();
        return Task.FromResult<SlotView?>(figures.Length == 0 ? null : new("_TicketFigures", figures));
    }
}
