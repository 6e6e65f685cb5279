using Crm.Platform.Modules;

[assembly: Module(Name = "Notifications", Description = "What a person should know, under the bell of every page", Category = "Platform", Dependencies = ["Crm.Users"])]
