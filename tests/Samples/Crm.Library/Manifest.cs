using Crm.Platform.Modules;

[assembly: Module(Name = "Library", Description = "Books that colleagues borrow from each other", Category = "Samples")]
