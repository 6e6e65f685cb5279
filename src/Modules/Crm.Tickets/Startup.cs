using Crm.Platform.Modules;

namespace Crm.Tickets;

internal sealed class Startup : StartupBase;
