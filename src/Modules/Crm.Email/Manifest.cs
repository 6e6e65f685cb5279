using Crm.Platform.Modules;

[assembly: Module(Name = "E-mail", Description = "Sends mail through a durable queue, and keeps the templates and the addresses that must not be written to", Category = "Marketing", Dependencies = ["Crm.Users"])]
