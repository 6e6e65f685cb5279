using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;

namespace Crm.Contents.Bulk;

/// <summary>What a list posts, and then the steps.</summary>
internal sealed class BulkInput
{
    public Guid[] Ids { get; set; } = [];

    public string? All { get; set; }

    public string? Filter { get; set; }

    public string? Q { get; set; }

    /// <summary>Given for records in the recycle bin.</summary>
    public string? Bin { get; set; }

    public string? BulkAction { get; set; }

    /// <summary>What the list has posted, once it has; fields of the type may have the list's names.</summary>
    public string? BulkSelection { get; set; }

    public string? BulkStep { get; set; }
}

/// <summary>Before it starts: what is to be done, and with how many.</summary>
/// <param name="Part">The action's own inputs; null when it has none, or they are filled in.</param>
/// <param name="Title">What is asked for; null while it is being said.</param>
/// <param name="Kept">Inputs to send again.</param>
internal sealed record BulkAskPage(ContentTypeDefinition Type, IBulkAction Action, string Selection, long Count, FormPartView? Part, Message? Title, IReadOnlyList<KeyValuePair<string, string>> Kept, string BackUrl)
{
    /// <summary>Whether something was said that can be said anew.</summary>
    public bool HasForm { get; init; }

    /// <summary>What becomes of other records; null for nothing, or while it is being said what is to be done.</summary>
    public FormPartView? Effects { get; init; }
}

internal sealed record BulkPage(BulkBatch Batch, ContentTypeDefinition? Type, IReadOnlyList<LeftOutRecord> LeftOut, int Waiting)
{
    /// <summary>The first that are shown; the file has all.</summary>
    public const int Shown = 200;
}

/// <param name="Name">Null when the reader may not see it.</param>
internal sealed record LeftOutRecord(string? Name, string Url, string Reason);

/// <param name="Path">Of the type.</param>
/// <param name="First">The usual ones, as buttons.</param>
/// <param name="More">Those in the menu behind them.</param>
internal sealed record BulkChoice(string Path, bool InBin, IReadOnlyList<IBulkAction> First, IReadOnlyList<IBulkAction> More);
