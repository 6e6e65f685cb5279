using Crm.Platform.Modules;

[assembly: Module(Name = "Search", Description = "One box that finds records of all types", Category = "Platform", Dependencies = ["Crm.Users"])]
