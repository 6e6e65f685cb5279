using Crm.Platform.Content;

namespace Crm.Campaigns.Segments;

/// <summary>A question to the list of contacts or customers whose answer is an audience.</summary>
public sealed class SegmentType : IContentTypeProvider
{
    public const string Name = "segments";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Segment",
            PluralLabel = "Segments",
            Description = "Audiences that keep up to date: save a filtered list of contacts or customers as a segment",
            Icon = "filter-search",
            DisplayField = "name",
            ListColumns = ["name", "type", "description", SystemFields.Owner, SystemFields.ModifiedAt],
            DefaultSort = ["name"],
            QuickSearch = ["name"],
            KeyFacts = ["type", SystemFields.Owner],
            ShownByParts = ["filter"],
            NeededFields = ["type", "filter"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 200 },
                Field.PickList("type", "Of which list", new("contacts", "Contacts"), new("customers", "Customers")) with { Required = true, Default = "contacts" },
                Field.LongText("filter", "Filter") with { MaxLength = 4000, Help = "In the filter language. Easier: filter the list, then choose “Save as segment” there. Empty takes everybody" },
                Field.LongText("description", "Description") with { MaxLength = 2000 },
            ],
        },
    ];
}
