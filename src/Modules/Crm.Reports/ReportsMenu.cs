using Crm.Platform.Display;

namespace Crm.Reports;

internal sealed class ReportsMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries => [new("Reports", "/reports", "chart-bar", ReportPermissions.View, 80)];
}
