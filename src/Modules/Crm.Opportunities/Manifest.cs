using Crm.Platform.Modules;

[assembly: Module(Name = "Sales", Description = "Opportunities, deals, products and targets", Category = "Sales", Dependencies = ["Crm.Customers"])]
