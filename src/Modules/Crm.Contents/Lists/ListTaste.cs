using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Contents.Lists;

/// <summary>How somebody likes lists.</summary>
internal sealed record ListTastes
{
    public const string Name = "lists";

    public bool Compact { get; init; }

    /// <summary>By content type.</summary>
    public Dictionary<string, ListTaste> Lists { get; init; } = [];

    public ListTaste Of(ContentTypeDefinition type) => Lists.GetValueOrDefault(type.Name) ?? new();

    public ListTastes With(ContentTypeDefinition type, ListTaste taste) => this with { Lists = new(Lists) { [type.Name] = taste } };
}

/// <summary>How somebody likes the list of one type.</summary>
internal sealed record ListTaste
{
    /// <summary>The saved view that the list begins with; null for the type's own.</summary>
    public Guid? StartsWith { get; init; }

    /// <summary>Widths of columns that were set by hand, in steps of 16 pixels.</summary>
    public Dictionary<string, int> Widths { get; init; } = [];
}

/// <summary>Keeps how somebody likes lists. Scripts get no content, others go back to the list.</summary>
[Route("/{type:contentType(staff)}/taste"), Route("/admin/{type:contentType(admin)}/taste")]
internal sealed class ListTasteController(ContentDefinitions definitions, PersonSettings settings, ListFields fields) : Controller
{
    /// <param name="density"><c>compact</c> or <c>comfortable</c>.</param>
    /// <param name="column">With <paramref name="width"/>: the column that gets it.</param>
    /// <param name="width">In steps of 16 pixels; 0 for the usual one.</param>
    /// <param name="start">The saved view to begin with; empty for the type's own list.</param>
    [HttpPost(""), RequireScreen]
    public async Task<IActionResult> Set([FromRoute] string type, string? density, string? column, int? width, string? start, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var path = column is null ? null : fields.Find(definition, column)?.Path;
        await settings.ChangeAsync<ListTastes>(ListTastes.Name, tastes =>
        {
            if (density is not null)
                tastes = tastes with { Compact = density == "compact" };
            var taste = tastes.Of(definition);
            if (path is not null && width is { } steps)
            {
                var widths = new Dictionary<string, int>(taste.Widths);
                if (steps == 0)
                    widths.Remove(path);
                else if (widths.Count < 200 || widths.ContainsKey(path))
                    widths[path] = Math.Clamp(steps, ListColumns.Narrowest, ListColumns.Widest);
                taste = taste with { Widths = widths };
            }
            if (Request.Form.ContainsKey("start"))
                taste = taste with { StartsWith = Guid.TryParse(start, out var view) ? view : null };
            return tastes.With(definition, taste);
        }, cancellationToken);
        if (Request.Headers.Accept.Contains("application/json"))
            return NoContent();
        return Redirect(Request.GetTypedHeaders().Referer is { } referer && referer.Authority == Request.Host.Value && referer.AbsolutePath == definition.Path ? referer.PathAndQuery : definition.Path);
    }
}
