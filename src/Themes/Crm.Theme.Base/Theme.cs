using Crm.Platform.Modules;

[assembly: Module(Name = "Base theme", Category = "Themes", IsTheme = true, AlwaysEnabled = true)]
