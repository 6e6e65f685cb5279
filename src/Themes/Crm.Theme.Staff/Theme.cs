using Crm.Platform.Modules;

[assembly: Module(Name = "Staff theme", Category = "Themes", IsTheme = true, AlwaysEnabled = true, Dependencies = ["Crm.Theme.Base"])]
