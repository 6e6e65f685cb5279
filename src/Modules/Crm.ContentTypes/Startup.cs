using Crm.Platform.Modules;

namespace Crm.ContentTypes;

internal sealed class Startup : StartupBase;
