using Crm.Platform.Modules;

[assembly: Module(Name = "Workflows", Description = "What happens by itself when records are created or change, or when time has come", Category = "Platform", Dependencies = ["Crm.Users", "Crm.Notifications"])]
