using Crm.Platform.Modules;

namespace Crm.Activities;

internal sealed class Startup : StartupBase;
