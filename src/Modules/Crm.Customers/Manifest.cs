using Crm.Platform.Modules;

[assembly: Module(Name = "Customers", Description = "Companies and people you do business with, and the contacts who work there", Category = "Customers", Dependencies = ["Crm.Users"])]
