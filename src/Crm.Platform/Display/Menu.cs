using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;

namespace Crm.Platform.Display;

/// <param name="Url">Address, such as <c>/customers</c>.</param>
/// <param name="Icon">Name of a Tabler icon.</param>
/// <param name="Permission">Needed to see the entry; null shows it to everybody who has signed in.</param>
/// <param name="Group">Heading in the side bar; null for none.</param>
/// <param name="IsAdmin">In the administration's side bar instead of the staff's.</param>
public sealed record MenuEntry(
    LocalizedText Text,
    string Url,
    string Icon,
    string? Permission,
    int Order = 100,
    LocalizedText? Group = null,
    bool IsAdmin = false);

/// <summary>A module's entries in the side bars. Register with <c>services.AddMenu&lt;T&gt;()</c>.</summary>
public interface IMenuProvider
{
    IEnumerable<MenuEntry> Entries { get; }
}

/// <summary>How much waits for the user behind an entry of the side bar.</summary>
/// <param name="Url">The list of just these.</param>
/// <param name="Label">What is counted, such as "Due today or overdue".</param>
public sealed record MenuBadge(long Count, string Url, LocalizedText Label)
{
    /// <summary>More than this is shown as "99+".</summary>
    public const int Shown = 99;
}

/// <summary>
/// The count beside one entry, read for every page: one query that an index answers. Register with
/// <c>services.AddScoped&lt;IMenuBadge, T&gt;()</c>.
/// </summary>
public interface IMenuBadge
{
    /// <summary>Address of the entry.</summary>
    string Entry { get; }

    /// <summary>Null, or a count of 0, shows none.</summary>
    Task<MenuBadge?> CountAsync(CancellationToken cancellationToken);
}

/// <summary>The counts of a page's side bar.</summary>
public sealed class MenuBadges(IEnumerable<IMenuBadge> badges)
{
    public async Task<MenuBadge?> OfAsync(MenuEntry entry, CancellationToken cancellationToken)
        => badges.FirstOrDefault(b => b.Entry == entry.Url) is { } badge && await badge.CountAsync(cancellationToken) is { Count: > 0 } found ? found : null;
}

/// <summary>The side bars' entries that the actor may use: the modules', and those of types made in the browser.</summary>
public sealed class Menu(IEnumerable<IMenuProvider> providers, ContentDefinitions definitions, ActorContext actor)
{
    public IReadOnlyList<MenuEntry> Entries(bool admin)
    {
        var made = definitions.Current.Types.Where(t => t.Feature is null)
            .Select(t => new MenuEntry(t.PluralLabel, t.Path, t.Icon, t.Permission(ContentActions.View), 500, IsAdmin: t.IsAdmin));
        return [.. providers.SelectMany(p => p.Entries).Concat(made)
            .Where(e => e.IsAdmin == admin && (e.Permission is null || actor.Current.Can(e.Permission)))
            .OrderBy(e => e.Order).ThenBy(e => e.Url, StringComparer.Ordinal)];
    }

    /// <summary>Whether a page is the entry's or below it.</summary>
    public static bool IsAt(MenuEntry entry, PathString page)
        => entry.Url == "/" ? page == "/" : page.StartsWithSegments(entry.Url, StringComparison.OrdinalIgnoreCase);
}
