using Crm.Platform.Modules;

[assembly: Module(Name = "Workbench", Description = "The first page: what to do, figures, starred and recent records", Category = "Productivity", Dependencies = ["Crm.Users"])]
