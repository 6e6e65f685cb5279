using Crm.Platform.Modules;

namespace Crm.Help;

internal sealed class Startup : StartupBase;
