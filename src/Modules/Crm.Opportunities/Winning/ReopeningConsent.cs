namespace Crm.Opportunities.Winning;

/// <summary>The opportunities of which somebody has said, in this scope, that they are to be reopened and lose their deal.</summary>
internal sealed class ReopeningConsent
{
    private readonly HashSet<Guid> _ids = [];

    public void Give(Guid opportunity) => _ids.Add(opportunity);

    public bool Has(Guid opportunity) => _ids.Contains(opportunity);
}
