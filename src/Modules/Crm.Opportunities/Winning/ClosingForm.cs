using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Crm.Opportunities.Winning;

internal enum ClosingStep
{
    Convert,
    Lose,
    Reopen,
}

/// <param name="Errors">What concerns no input of the page.</param>
/// <param name="Refusal">Why the step is not to be taken at all; null when it may be.</param>
/// <param name="Deal">The opportunity's deal, when there is one that the reader may see.</param>
/// <param name="Stages">Where a reopened opportunity may go.</param>
internal sealed record ClosingPage(
    ClosingStep Step,
    ContentItem Item,
    IReadOnlyList<FieldEditor> Editors,
    IReadOnlyList<string> Errors,
    string? Refusal,
    ContentItem? Deal,
    IReadOnlyList<PickListOption> Stages,
    string? Stage);

/// <summary>The inputs of each step, filled in with what is likely.</summary>
internal sealed class ClosingForm(FieldViews views, FieldKinds kinds, QueryEngine queries, ActorContext actor, TimeProvider clock, IStringLocalizer localizer)
{
    private static readonly Dictionary<ClosingStep, (string Field, LocalizedText? Label, bool Required)[]> Inputs = new()
    {
        [ClosingStep.Convert] = [(OpportunityType.Amount, "Actual amount", true), (OpportunityType.CloseDate, "Deal date", true), (OpportunityType.ContractNumber, null, false)],
        [ClosingStep.Lose] = [(OpportunityType.LostReason, null, true), (OpportunityType.CloseDate, "Lost on", true)],
        [ClosingStep.Reopen] = [],
    };

    /// <summary>Why a step makes no sense for the opportunity as it is.</summary>
    public static Message? Refusal(ContentItem item, ClosingStep step) => (step, item.Get<string>(OpportunityType.Stage)) switch
    {
        (ClosingStep.Convert, StageKeys.Won) => new("This opportunity is a deal already. It cannot be converted twice."),
        (ClosingStep.Lose, StageKeys.Won) => new("This opportunity is won. Reopen it first."),
        (ClosingStep.Lose, StageKeys.Lost) => new("This opportunity is lost already."),
        (ClosingStep.Reopen, not (StageKeys.Won or StageKeys.Lost)) => new("This opportunity is open."),
        _ => null,
    };

    public async Task<ClosingPage> PageAsync(ContentTypeDefinition type, ContentItem item, ClosingStep step, IReadOnlyList<FieldError> errors, IFormCollection? posted, CancellationToken cancellationToken)
    {
        var inputs = Inputs[step];
        var stages = StageKeys.Open(type);
        return new(step, item,
            [.. inputs.Select(i => Editor(type, item, i.Field, i.Label, i.Required, errors, posted))],
            [.. errors.Where(e => inputs.All(i => i.Field != e.Field)).Select(e => e.Message.For(localizer))],
            Refusal(item, step)?.For(localizer),
            item.Get<string>(OpportunityType.Stage) == StageKeys.Won ? await DealAsync(item.Id, cancellationToken) : null,
            stages,
            item.Get<string>(OpportunityType.LostStage) ?? stages.LastOrDefault(o => !o.Hidden)?.Key);
    }

    public Dictionary<string, string?> Texts(ContentTypeDefinition type, ClosingStep step, IFormCollection posted)
    {
        var texts = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (field, _, _) in Inputs[step])
            foreach (var part in kinds.Of(type.Field(field)).Parts)
                texts[field + part] = posted[field + part];
        return texts;
    }

    /// <summary>The opportunity's deal; null when there is none that the actor may see.</summary>
    public async Task<ContentItem?> DealAsync(Guid opportunity, CancellationToken cancellationToken)
        => (await queries.ListAsync(new Query(DealType.Name) { Where = Filter.Eq(DealType.Opportunity, opportunity), Columns = ["number", DealType.Amount], Take = 1 }, cancellationToken)).Items is [var deal] ? deal : null;

    private FieldEditor Editor(ContentTypeDefinition type, ContentItem item, string name, LocalizedText? label, bool required, IReadOnlyList<FieldError> errors, IFormCollection? posted)
    {
        var field = type.Field(name) with { Required = required };
        var value = name == OpportunityType.CloseDate ? actor.Current.Today(clock) : item[name];
        var texts = posted is null ? views.FormTexts(field, value) : [.. kinds.Of(field).Parts.Select(part => posted[name + part].ToString())];
        var editor = views.Editor(type, field, texts);
        return editor with
        {
            Label = label?.For(localizer) ?? editor.Label,
            Help = null,
            IsWide = true,
            Error = errors.FirstOrDefault(e => string.Equals(e.Field, name, StringComparison.OrdinalIgnoreCase))?.Message.For(localizer),
        };
    }
}
