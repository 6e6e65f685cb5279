using Crm.Platform.Data;

namespace Crm.Platform.Hosting;

/// <summary>The <c>Crm</c> section of the configuration.</summary>
public sealed class CrmOptions
{
    /// <summary>Folder of the database, keys, files and imports, which all nodes of a site share; relative to the working directory.</summary>
    public string DataDirectory { get; set; } = "App_Data";

    /// <summary>Folder of what each node keeps for itself, its search index and its logs; empty for the data directory.</summary>
    public string? NodeDirectory { get; set; }

    public DatabaseOptions Database { get; set; } = new();

    /// <summary>
    /// Addresses and networks of the proxies in front, with commas between them, such as <c>127.0.0.1, 10.0.0.0/8</c>: what
    /// they say about the visitor is believed, what anybody else says is not. None by default.
    /// </summary>
    public string? TrustedProxies { get; set; }

    public SetupOptions Setup { get; set; } = new();
}

public sealed class DatabaseOptions
{
    public DatabaseProvider? Provider { get; set; }

    public string? ConnectionString { get; set; }
}

/// <summary>Answers of the set-up page, for setting up without it. Complete when name and password of the administrator are given.</summary>
public sealed class SetupOptions
{
    public string SiteName { get; set; } = "CRM";

    public string Recipe { get; set; } = "Blank";

    public string Culture { get; set; } = "en";

    public string? AdminUserName { get; set; }

    public string? AdminEmail { get; set; }

    public string? AdminPassword { get; set; }

    public bool IsComplete => !string.IsNullOrEmpty(AdminUserName) && !string.IsNullOrEmpty(AdminPassword);
}
