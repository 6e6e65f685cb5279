using Crm.Platform.Modules;

[assembly: Module(Name = "Reports", Description = "Sales, customers, campaigns and service in tables and charts", Category = "Analysis", Dependencies = ["Crm.Users"])]
