using Crm.Platform.Modules;

[assembly: Module(Name = "Import and export", Description = "Records of any content type from and to CSV and Excel files", Category = "Data")]
