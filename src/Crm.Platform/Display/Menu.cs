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
