using Crm.Platform.Modules;

[assembly: Module(
    Name = "Records",
    Description = "Lists, record pages and forms of every content type, made from its definition; recycle bin, history and look-ups.",
    Category = "Platform",
    AlwaysEnabled = true)]
