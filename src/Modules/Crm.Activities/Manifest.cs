using Crm.Platform.Modules;

[assembly: Module(Name = "Activities", Description = "Tasks, calls, meetings and notes about any record, with follow-ups and reminders", Category = "Productivity", Dependencies = ["Crm.Contents", "Crm.Users", "Crm.Notifications", "Crm.Customers"])]
