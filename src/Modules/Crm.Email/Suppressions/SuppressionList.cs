using Crm.Email.Ledger;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Email.Suppressions;

/// <summary>Addresses that must not be written to, whoever asks.</summary>
public sealed class SuppressionList(QueryEngine queries, IContentManager content, ActorContext actor, TimeProvider clock)
{
    /// <summary>Why an address must not be written to; null when it may.</summary>
    public async Task<string?> ReasonAsync(string address, CancellationToken cancellationToken)
        => (await ReasonsAsync([address], cancellationToken)).GetValueOrDefault(MailAddresses.Fold(address));

    /// <summary>Reasons by folded address, for those that are suppressed.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReasonsAsync(IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        // Somebody who may not see the list must not write to those on it either.
        await actor.AsSystemAsync(async () =>
        {
            foreach (var chunk in addresses.Select(MailAddresses.Fold).Distinct(StringComparer.Ordinal).Chunk(500))
                await foreach (var item in queries.StreamAsync(new Query(SuppressionType.Name) { Where = Filter.In("email", chunk), Columns = ["email", "reason"], Sort = [SystemFields.Id] }, cancellationToken))
                    reasons[MailAddresses.Fold(item.Get<string>("email")!)] = SuppressionType.Words(item.Get<string>("reason"));
        });
        return reasons;
    }

    /// <summary>Puts an address on the list; it may be there already. Not within a transaction: two at the same moment would end one of them.</summary>
    public Task AddAsync(string address, string reason, string? note, CancellationToken cancellationToken)
        // Whoever unsubscribes has no rights here at all.
        => actor.AsSystemAsync(async () =>
        {
            // What is no address cannot be written to either.
            if (!MailAddresses.AreSendable(address.Trim()) || await ReasonAsync(address, cancellationToken) is not null)
                return;
            var result = await content.SaveAsync(new ContentChange(SuppressionType.Name)
            {
                Values = { ["reason"] = reason, ["at"] = clock.Now(), ["note"] = note },
                Texts = { ["email"] = address.Trim() },
            }, SaveOptions.BySystem, cancellationToken);
            // The same address at the same moment is as good as ours.
            if (!result.Succeeded && await ReasonAsync(address, cancellationToken) is null)
                throw new InvalidOperationException($"The address cannot be suppressed: {string.Join("; ", result.Errors.Select(e => e.Message))}");
        });
}
