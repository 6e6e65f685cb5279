using Crm.Platform.Modules;

[assembly: Module(Name = "Help", Description = "The manual, a page for each chapter, on every page", Category = "Platform", Dependencies = ["Crm.Users"])]
