using Crm.Platform.Modules;

namespace Crm.Campaigns;

internal sealed class Startup : StartupBase;
