using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.Api.Records;

/// <summary>Which properties of a type are wanted, and which of the records around it.</summary>
internal sealed record Selection(ApiType Type, IReadOnlyList<ApiProperty> Properties, IReadOnlyList<Expansion> Expansions)
{
    /// <summary>The fields that a query has to read.</summary>
    public IReadOnlyList<string> Columns => [.. Properties.Select(p => p.Field.Name).Concat(Expansions.Where(e => !e.IsList).Select(e => e.LookUp.Name)).Distinct(StringComparer.OrdinalIgnoreCase)];
}

/// <summary>Records around a record: the one that a look-up points to, or several, or those that point to it.</summary>
/// <param name="Name">Under which it stands in the answer: that of the look-up itself when it was asked for in short.</param>
/// <param name="IsList">Those that point to it.</param>
/// <param name="Where">Of a list: which of them.</param>
/// <param name="Take">Of a list: how many for each record.</param>
internal sealed record Expansion(string Name, bool IsList, FieldDefinition LookUp, Selection Selection, Filter? Where, IReadOnlyList<string> Sort, int Take, string? FilterText)
{
    /// <summary>A look-up to many, whose records stand in its order.</summary>
    public bool IsSeveral => !IsList && LookUp.LeadsTo is null;
}

/// <summary>What a GET of many records asks for.</summary>
/// <param name="Take">Records of this page.</param>
/// <param name="Left">Records still wanted, this page's included; null for all there are.</param>
internal sealed record ListRequest(Selection Selection, Filter? Where, IReadOnlyList<string> Sort, int Skip, int Take, int? Left, string? After, bool Count)
{
    public const int PageSize = 50;
    public const int MaxSkip = 10_000;
    public const int MaxListTake = 50;
}
