using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Http;

namespace Crm.Contents.Bulk;

/// <summary>
/// Something that can be done with many records at once: asked for on a list, shown before it starts, done in the background
/// as whoever asked, and taken back with the rest of its batch. Register with <c>services.AddScoped&lt;IBulkAction, T&gt;()</c>.
/// </summary>
public interface IBulkAction
{
    /// <summary>Kept with each batch; never to be changed. A module's begin with its own name.</summary>
    string Name { get; }

    /// <summary>On the button, such as "Change a field".</summary>
    LocalizedText Label { get; }

    /// <summary>Name of a Tabler icon.</summary>
    string Icon { get; }

    /// <summary>Place among the buttons; those from 100 on stand in the menu behind them.</summary>
    int Order => 100;

    /// <summary>Whether it is for records in the recycle bin.</summary>
    bool IsForRecycleBin => false;

    /// <summary>Whether it cannot be taken back.</summary>
    bool IsFinal => false;

    /// <summary>Whether the actor may do this with records of the type at all; each record's own rights hold besides.</summary>
    bool IsOffered(ContentTypeDefinition type);

    /// <summary>What has to be said first; null for nothing.</summary>
    Task<SlotView?> FormAsync(BulkForm form, CancellationToken cancellationToken) => Task.FromResult<SlotView?>(null);

    /// <summary>What is asked for, in words, or what is wrong with it.</summary>
    Task<BulkPlan> PlanAsync(BulkForm form, CancellationToken cancellationToken);

    /// <summary>What becomes of other records, shown before it starts; null for nothing.</summary>
    /// <param name="chosen">Those that it is to be done with.</param>
    /// <param name="count">How many these are.</param>
    Task<SlotView?> EffectsAsync(Query chosen, long count, CancellationToken cancellationToken) => Task.FromResult<SlotView?>(null);

    /// <summary>
    /// Does it with some records, in a transaction that also keeps what has become of them: after a kill none is done twice.
    /// One outcome for each. Whatever it writes is of the change log's batch, and so is taken back with it.
    /// </summary>
    Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken);
}

/// <param name="Values">What was filled in so far; null when the form is shown for the first time.</param>
/// <param name="Errors">What is wrong with that.</param>
public sealed record BulkForm(ContentTypeDefinition Type, IFormCollection Values, IReadOnlyList<FieldError> Errors);

/// <param name="Title">Such as "Change Level to A".</param>
/// <param name="Settings">What <see cref="IBulkAction.RunAsync"/> needs to know.</param>
public sealed record BulkPlan(Message Title, IReadOnlyDictionary<string, string?> Settings)
{
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    public static BulkPlan Refused(params IReadOnlyList<FieldError> errors) => new(new Message(""), new Dictionary<string, string?>()) { Errors = errors };
}

/// <param name="Type">Of the records.</param>
/// <param name="Batch">Also the change log's batch.</param>
public sealed record BulkWork(ContentTypeDefinition Type, Guid Batch, IReadOnlyDictionary<string, string?> Settings, IReadOnlyList<BulkItem> Items);

/// <param name="Version">The one that was seen when the records were collected.</param>
/// <param name="Undoes">The change log's batch that is to be taken back; null unless this is an undo.</param>
public sealed record BulkItem(long Position, string Type, Guid Id, long Version, Guid? Undoes);

public enum BulkState
{
    Waiting,
    Changed,

    /// <summary>It was so already.</summary>
    Same,

    /// <summary>Left as it is, for a reason.</summary>
    LeftOut,
}

/// <param name="Reason">Why it was left as it is.</param>
public sealed record BulkOutcome(Guid Id, BulkState State, Message? Reason = null)
{
    /// <summary>The change log's batch, where it is not that of the work.</summary>
    public Guid? LogBatch { get; init; }

    /// <summary>What saving a record came to.</summary>
    public static BulkOutcome Of(SaveResult result) => result.Status switch
    {
        SaveStatus.Unchanged => new(result.Id, BulkState.Same),
        SaveStatus.NotFound => new(result.Id, BulkState.LeftOut, new("The record is gone or you may not see it")),
        SaveStatus.Forbidden => new(result.Id, BulkState.LeftOut, new("You may not change this record")),
        _ when result.Succeeded => new(result.Id, BulkState.Changed),
        _ => new(result.Id, BulkState.LeftOut, result.Errors is [var error, ..] ? error.Message : new("It could not be saved")),
    };
}
