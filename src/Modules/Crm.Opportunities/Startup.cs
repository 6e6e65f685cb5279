using Crm.Platform.Modules;

namespace Crm.Opportunities;

internal sealed class Startup : StartupBase;
