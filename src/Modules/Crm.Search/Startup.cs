using Crm.Platform.Modules;

namespace Crm.Search;

internal sealed class Startup : StartupBase;
