using Crm.Platform.Modules;

[assembly: Module(Name = "Admin theme", Category = "Themes", IsTheme = true, AlwaysEnabled = true, Dependencies = ["Crm.Theme.Base"])]
