using System.Text;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;

namespace Crm.Platform.Records;

/// <summary>How definitions map to tables and columns.</summary>
internal static class Columns
{
    /// <summary>camelCase as snake_case: <c>annualRevenue</c> is kept in <c>annual_revenue</c>.</summary>
    public static string Name(string name)
    {
        var builder = new StringBuilder(name.Length + 4);
        foreach (var character in name)
        {
            if (char.IsAsciiLetterUpper(character) && builder.Length > 0)
                builder.Append('_');
            builder.Append(char.ToLowerInvariant(character));
        }
        return builder.ToString();
    }

    public static string Table(ContentTypeDefinition type) => Dialect.Quote(Name(type.Name));

    /// <summary>The table with a row for each of a field's several values. Names of types never have two underscores together.</summary>
    public static string SideTable(ContentTypeDefinition type, FieldDefinition field) => Short($"{Name(type.Name)}__{Name(field.Name)}");

    public static string Quoted(FieldDefinition field, KindColumn column) => Dialect.Quote(Name(field.Name) + column.Suffix);

    /// <summary>An index's name: unique in the database and within 63 characters.</summary>
    public static string Index(string prefix, string table, string column) => Short($"{prefix}_{table}_{column}");

    private static string Short(string name)
    {
        if (name.Length <= 60)
            return name;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..10];
        return $"{name[..49]}_{hash}";
    }
}
