using Crm.Platform.Modules;

[assembly: Module(
    Name = "Features",
    Description = "Switching features on and off.",
    Category = "Platform",
    AlwaysEnabled = true)]
