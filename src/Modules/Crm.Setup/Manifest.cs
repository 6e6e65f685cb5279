using Crm.Platform.Modules;

[assembly: Module(Name = "Set-up", Description = "The page that a new site shows first, and the recipes it offers.", Category = "Platform")]
