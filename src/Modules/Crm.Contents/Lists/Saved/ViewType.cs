using Crm.Platform.Content;

namespace Crm.Contents.Lists;

/// <summary>A list's filter, sort, columns and grouping under a name. Who sees it is for the view itself to say, so no role reads them all.</summary>
internal sealed class ViewType : IContentTypeProvider
{
    public const string Name = "views";
    public const string Private = "private";
    public const string Team = "team";
    public const string Everybody = "everybody";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "View",
            PluralLabel = "Views",
            Description = "Lists under a name, with filter, sort and columns",
            Icon = "list",
            IsPart = true,
            DisplayField = "name",
            DefaultSort = ["name"],
            NeededFields = ["list", "filter", "sort", "columns", "group", "mode", "visibility", "key"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 100 },
                Field.Text("list", "List") with { Required = true, MaxLength = 100, Indexed = true, Help = "Name of the content type" },
                Field.PickList("visibility", "Who sees it", new(Private, "Only me"), new(Team, "A team"), new(Everybody, "Everybody")) with { Required = true, Default = Private },
                Field.LongText("filter", "Filter"),
                Field.Text("sort", "Sort") with { MaxLength = 500 },
                Field.LongText("columns", "Columns"),
                Field.Text("group", "Group by") with { MaxLength = 200 },
                Field.Text("mode", "Shown as") with { MaxLength = 20 },
                Field.Text("key", "Key") with { Unique = true, MaxLength = 100, Help = "By which a recipe knows it" },
            ],
        },
    ];
}
