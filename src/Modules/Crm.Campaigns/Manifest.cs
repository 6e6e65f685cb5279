using Crm.Platform.Modules;

[assembly: Module(Name = "Campaigns", Description = "Campaigns with their members, cost and effect, segments and e-mail blasts", Category = "Marketing", Dependencies = ["Crm.Customers", "Crm.Email"])]
