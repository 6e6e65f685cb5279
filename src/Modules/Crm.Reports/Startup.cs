using Crm.Platform.Modules;

namespace Crm.Reports;

internal sealed class Startup : StartupBase;
