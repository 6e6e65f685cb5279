using Crm.Platform.Modules;

[assembly: Module(Name = "API", Description = "Records of every type for other programs: OData, tokens, OpenAPI", Category = "Data", Dependencies = ["Crm.Users"])]
