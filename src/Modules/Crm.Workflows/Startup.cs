using Crm.Platform.Modules;

namespace Crm.Workflows;

internal sealed class Startup : StartupBase;
