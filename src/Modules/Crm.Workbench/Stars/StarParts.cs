using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Workbench.Stars;

internal sealed record Star(ContentTypeDefinition Type, Guid Id, string Name, bool IsSet)
{
    /// <summary>What a click does.</summary>
    public string Label(IStringLocalizer localizer) => IsSet ? localizer["Remove the star from “{0}”", Name] : localizer["Star “{0}”", Name];
}

/// <summary>The star on every record's page.</summary>
internal sealed class StarButton(StarStore stars, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public int Order => 5;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => context is { Type: { IsAdmin: false } type, Item: { } item } && actor.Current.UserId is not null
            ? new("_Star", new Star(type, item.Id, item.DisplayText, (await stars.OfAsync(type, [item.Id], cancellationToken)).Count > 0))
            : null;
}

/// <summary>And before every name in a list.</summary>
internal sealed class StarInRow(StarStore stars, ActorContext actor) : IRowPart
{
    public RowPlace Place => RowPlace.Start;

    public async Task<IReadOnlyDictionary<Guid, SlotView>?> GetAsync(ContentTypeDefinition type, IReadOnlyList<ContentItem> items, CancellationToken cancellationToken)
    {
        if (type.IsAdmin || actor.Current.UserId is null)
            return null;
        var set = await stars.OfAsync(type, [.. items.Select(i => i.Id)], cancellationToken);
        return items.ToDictionary(i => i.Id, i => new SlotView("_StarInRow", new Star(type, i.Id, i.DisplayText, set.Contains(i.Id))));
    }
}
