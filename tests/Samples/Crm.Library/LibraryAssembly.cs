namespace Crm.Library;

/// <summary>Names this assembly for tests that load the module without copying it.</summary>
public static class LibraryAssembly;
