using Crm.Platform.Modules;

namespace Crm.Setup;

/// <summary>The page is a controller, the recipes are files: nothing to register.</summary>
internal sealed class Startup : StartupBase;
