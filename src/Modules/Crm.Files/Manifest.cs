using Crm.Platform.Modules;

[assembly: Module(Name = "Files", Description = "Files attached to any record, seen by whoever may see the record", Category = "Productivity", Dependencies = ["Crm.Contents", "Crm.Users"])]
