using Crm.Platform.Modules;

namespace Crm.Workbench;

internal sealed class Startup : StartupBase;
