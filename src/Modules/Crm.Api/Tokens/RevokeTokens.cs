using Crm.Platform.Content;
using Crm.Users;

namespace Crm.Api.Tokens;

/// <summary>
/// Whoever may no longer sign in has no tokens either, and does not have them back when that changes. Nor has one whose
/// password was reset by somebody else, as is done when an account is in wrong hands; changing one's own keeps them.
/// </summary>
internal sealed class RevokeTokens(TokenStore tokens) : IContentHandler, IPasswordResetHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != SystemTypes.Users)
            return;
        foreach (var save in saves.Where(s => !s.IsNew && s.Changed.Contains("isActive") && !s.After.Get<bool>("isActive")))
            await tokens.RevokeAllAsync(save.After.Id, cancellationToken);
    }

    public async ValueTask DeletedAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name == SystemTypes.Users)
            await tokens.RevokeAllAsync(item.Id, cancellationToken);
    }

    public Task ResetAsync(Guid user, CancellationToken cancellationToken) => tokens.RevokeAllAsync(user, cancellationToken);
}
