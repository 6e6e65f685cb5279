using System.Globalization;
using Crm.Platform.Localization;

namespace Crm.Platform.Content;

/// <summary>What somebody wants one record to become. Fields that are not named stay as they are.</summary>
public sealed class ContentChange(string type)
{
    public string Type { get; } = type;

    /// <summary>The record to change; with <see cref="IsNew"/> the id that a new one is to have; null for a new one.</summary>
    public Guid? Id { get; init; }

    public bool IsNew { get; init; }

    /// <summary>The version the change was made from; when it is given and no longer current, nothing is written.</summary>
    public long? Version { get; init; }

    /// <summary>Values of the kinds' CLR types.</summary>
    public Dictionary<string, object?> Values { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Texts as people and files give them; an empty one empties the field.</summary>
    public Dictionary<string, string?> Texts { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}

public sealed record SaveOptions
{
    /// <summary>Culture of <see cref="ContentChange.Texts"/>.</summary>
    public CultureInfo Culture { get; init; } = CultureInfo.InvariantCulture;

    /// <summary>Do everything, then take it all back.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// The system makes the record as a consequence of something, such as the deal of a won opportunity. Nobody is there
    /// to fill in what administrators made mandatory besides what the code requires, so that may stay empty.
    /// </summary>
    public bool MadeBySystem { get; init; }

    /// <summary>
    /// Puts back what was: also into fields that only the system sets, and also nothing into one that must not be empty by
    /// now. Rights and all other rules hold, but nothing is concluded anew, except for hidden fields that are not given: what
    /// followed from the values was put down then.
    /// The system itself may also say when and by whom a record was made and last changed.
    /// </summary>
    public bool PutsBack { get; init; }

    /// <summary>Changes records in the recycle bin as well: with what has to hold of them when they come back.</summary>
    public bool WithDeleted { get; init; }

    public static SaveOptions Default { get; } = new();

    /// <summary>For records that follow from something: see <see cref="MadeBySystem"/>.</summary>
    public static SaveOptions BySystem { get; } = new() { MadeBySystem = true };
}

public enum SaveStatus
{
    Created,
    Updated,
    Unchanged,
    Deleted,
    Restored,

    /// <summary>Refused for the reasons in <see cref="SaveResult.Errors"/>.</summary>
    Invalid,
    NotFound,
    Forbidden,

    /// <summary>Somebody changed the record in the meantime.</summary>
    Conflict,
}

/// <param name="Field">The field at fault; null when it is the record as a whole.</param>
public sealed record FieldError(string? Field, Message Message)
{
    /// <summary>Of several values the one at fault, counted from 0; null where that cannot be said.</summary>
    public int? At { get; init; }
}

public sealed record SaveResult(SaveStatus Status, Guid Id, long Version, IReadOnlyList<FieldError> Errors)
{
    public bool Succeeded => Status is SaveStatus.Created or SaveStatus.Updated or SaveStatus.Unchanged or SaveStatus.Deleted or SaveStatus.Restored;

    /// <summary>Why it did not succeed.</summary>
    public Message Reason => Errors is [var error, ..] ? error.Message : new(Status.ToString());
}

public static class SaveResults
{
    /// <summary>Of records that must follow another one: when one of them cannot, neither is that one saved.</summary>
    /// <param name="nameOf">What people call a record, by its id.</param>
    /// <exception cref="SaveRefusedException">One was refused.</exception>
    public static void Demand(this IEnumerable<SaveResult> results, Func<Guid, string> nameOf)
    {
        if (results.FirstOrDefault(r => !r.Succeeded) is { } refused)
            throw new SaveRefusedException(new(null, new("“{0}” has to change with it, and cannot: {1}", nameOf(refused.Id), refused.Reason)));
    }
}

/// <summary>Records that stand in the way of a deletion or would be changed by it.</summary>
/// <param name="LookUp">Points to what is deleted, and says what then happens.</param>
public sealed record DeleteEffect(ContentTypeDefinition Type, FieldDefinition LookUp, long Count)
{
    /// <summary>There may be more: counting ends at 10,000, and following cascades after some levels.</summary>
    public bool IsCapped { get; init; }
}

/// <summary>
/// Takes part in saving and deleting. Register with <c>services.AddScoped&lt;IContentHandler, T&gt;()</c>. Who is asked before
/// something happens only judges, since another may still refuse; what follows is done after.
/// </summary>
public interface IContentHandler
{
    /// <summary>Before anything is written: check, add errors, set further values.</summary>
    ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Inside the transaction, after the rows are written. Throws <see cref="SaveRefusedException"/> when what must follow cannot.</summary>
    ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Before a record is deleted; a message refuses it.</summary>
    ValueTask<Message?> DeletingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken) => ValueTask.FromResult<Message?>(null);

    /// <summary>Inside the transaction, once a record is in the recycle bin. Throws <see cref="SaveRefusedException"/> when what must follow cannot.</summary>
    ValueTask DeletedAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Before a deleted record comes back: what holds for all records may have changed since; a message refuses it.</summary>
    ValueTask<Message?> RestoringAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken) => ValueTask.FromResult<Message?>(null);

    /// <summary>Before a deleted record is removed for good; a message refuses it.</summary>
    ValueTask<Message?> PurgingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken) => ValueTask.FromResult<Message?>(null);

    /// <summary>Inside the transaction, once a record is removed for good. Throws <see cref="SaveRefusedException"/> when what must follow cannot.</summary>
    ValueTask PurgedAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>
/// A handler refuses after the rows are written: all is rolled back. Whoever saves several records finds out which one is
/// at fault by saving them one by one.
/// </summary>
public class SaveRefusedException(FieldError reason) : Exception(reason.Message.ToString())
{
    public FieldError Reason { get; } = reason;
}

/// <summary>One record on its way into the store.</summary>
public sealed class PendingSave(ContentChange change, ContentItem? before, ContentItem after)
{
    private readonly HashSet<string> _changed = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FieldError> _errors = [];

    internal ContentChange Change => change;

    /// <summary>The record as it is; null for a new one.</summary>
    public ContentItem? Before => before;

    /// <summary>The record as it is to be.</summary>
    public ContentItem After => after;

    public bool IsNew => before is null;

    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>Fields whose value differs from <see cref="Before"/>.</summary>
    public IReadOnlySet<string> Changed => _changed;

    /// <summary>Whether the change says what the field is to be, even if it is that already.</summary>
    internal bool Gives(string field) => change.Texts.ContainsKey(field) || change.Values.ContainsKey(field);

    /// <summary>
    /// What the record is to be, whatever handlers have made of it; of a record that is there, the rest stays. A hidden field
    /// that is not given follows from the others: nobody could bring it.
    /// </summary>
    internal void PutBack(ContentTypeDefinition type, Dictionary<string, object?> given)
    {
        foreach (var (field, value) in given)
            Set(field, value);
        if (before is not null)
            foreach (var field in _changed.Where(f => !given.ContainsKey(f) && type.Find(f) is not { Hidden: true }).ToList())
                Set(field, before[field]);
    }

    internal bool PutsBack { get; set; }

    internal SaveStatus? Refused { get; set; }

    public bool IsValid => _errors.Count == 0 && Refused is null;

    public void Error(string? field, Message message, int? at = null) => _errors.Add(new FieldError(field, message) { At = at });

    public void Set(string field, object? value)
    {
        after[field] = value;
        if (Equals(value, before?[field]))
            _changed.Remove(field);
        else
            _changed.Add(field);
    }
}
