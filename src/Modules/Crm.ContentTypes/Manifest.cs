using Crm.Platform.Modules;

[assembly: Module(Name = "Content types", Description = "Fields and content types made in the browser", Category = "Platform", Dependencies = ["Crm.Users"])]
