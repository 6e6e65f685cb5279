using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Display;
using Crm.Platform.Settings;

namespace Crm.Opportunities.Figures;

/// <param name="Url">The list of the records behind the figure.</param>
internal sealed record SalesFigure(string Label, string Value, string Url);

/// <summary>What is open and what was sold: each a sum and the list behind it.</summary>
internal sealed class SalesFigures(AmountSums sums, ContentDefinitions definitions, SettingsStore settings)
{
    public Task<SalesFigure> OpenAsync(string label, Filter? whose, CancellationToken cancellationToken)
        => FigureAsync(OpportunityType.Name, OpportunityType.Amount, label, Filter.And(StageKeys.IsOpen, whose), OpportunityType.CloseDate, cancellationToken);

    public Task<SalesFigure> SoldAsync(string label, Filter? which, CancellationToken cancellationToken)
        => FigureAsync(DealType.Name, DealType.Amount, label, which, null, cancellationToken);

    private async Task<SalesFigure> FigureAsync(string type, string amount, string label, Filter? where, string? sort, CancellationToken cancellationToken)
    {
        var sum = await sums.ReadAsync(type, amount, where, cancellationToken);
        // Records without an amount are worth nothing yet.
        var value = AmountSums.Text(sum.Sums.Count > 0 ? sum.Sums : [new Money(0, settings.Site.Currency)]);
        return new(label, value, ListLinks.Of(definitions.Current.Get(type), where, sort: sort));
    }
}
