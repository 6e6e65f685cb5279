return await Crm.Platform.Hosting.CrmHost.RunAsync(args, typeof(Program).Assembly);
