using Crm.Platform.Modules;

[assembly: Module(Name = "Tickets", Description = "Tickets from the first question to the solution, and customers’ feedback", Category = "Customer service", Dependencies = ["Crm.Customers"])]
