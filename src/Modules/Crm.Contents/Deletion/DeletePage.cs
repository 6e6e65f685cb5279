using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Contents.Deletion;

/// <param name="Refusal">Why the record was not deleted; null before it was tried.</param>
internal sealed record DeletePage(ContentTypeDefinition Type, ContentItem Item, IReadOnlyList<DeleteEffect> Effects, string? Refusal = null)
{
    /// <summary>Where one is led afterwards instead of to the list.</summary>
    public string? ReturnUrl { get; init; }

    public bool IsRestricted => Effects.Any(e => e.LookUp.OnDelete == OnDelete.Restrict);

    /// <summary>What is in the way; where nothing is, what happens.</summary>
    public IReadOnlyList<DeleteEffect> Shown => IsRestricted ? [.. Effects.Where(e => e.LookUp.OnDelete == OnDelete.Restrict)] : Effects;
}

internal sealed record DeleteEffects(IReadOnlyList<DeleteEffect> Effects, Message? Heading = null);

internal sealed record RecycleBinPage(ContentTypeDefinition Type, QueryPage Page, QueryCount Total, bool CanPurge);
