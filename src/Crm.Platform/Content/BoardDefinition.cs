namespace Crm.Platform.Content;

/// <summary>
/// A board of a content type: a column for each option of a pick-list, a card for each record, and moving a card changes
/// the field. What columns are worth is the sum of the type's <see cref="ContentTypeDefinition.Amount"/>.
/// </summary>
/// <param name="Field">The pick-list.</param>
public sealed record BoardDefinition(string Field)
{
    /// <summary>A number field from 0 to 100 by which amounts are weighted; null for no weighted sums.</summary>
    public string? Weight { get; init; }

    /// <summary>The look-up under a card's title.</summary>
    public string? About { get; init; }

    /// <summary>The date by which something is expected: cards past it say so, and columns are in its order.</summary>
    public string? Due { get; init; }

    /// <summary>The text of what comes next; cards without one say so.</summary>
    public string? NextStep { get; init; }

    /// <summary>A pick-list that cards show in its colour, such as an urgency.</summary>
    public string? Tag { get; init; }

    /// <summary>Cards that nobody has changed for this many days say so; null for never.</summary>
    public int? IdleDays { get; init; }

    /// <summary>Options that are no columns: moving a card there opens a page that asks for the rest.</summary>
    public IReadOnlyList<BoardDoor> Doors { get; init; } = [];
}

/// <param name="Option">Key of the pick-list's option.</param>
/// <param name="Page">Last part of the page's address: <c>/&lt;type&gt;/&lt;id&gt;/&lt;page&gt;</c>.</param>
public sealed record BoardDoor(string Option, string Page);
