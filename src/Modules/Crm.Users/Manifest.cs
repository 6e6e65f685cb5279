using Crm.Platform.Modules;

[assembly: Module(
    Name = "Users",
    Description = "People, teams and roles; signing in, and who may do what.",
    Category = "Platform",
    AlwaysEnabled = true)]
