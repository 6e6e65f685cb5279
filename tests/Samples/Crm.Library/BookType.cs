using Crm.Platform.Content;

namespace Crm.Library;

internal sealed class BookType : IContentTypeProvider
{
    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = "books",
            Label = "Book",
            PluralLabel = "Books",
            Icon = "book",
            DisplayField = "title",
            ListColumns = ["title", "author", "shelf", "price"],
            DefaultSort = ["title"],
            QuickSearch = ["title", "author", "isbn"],
            Fields =
            [
                Field.Text("title", "Title") with { Required = true },
                Field.Text("author", "Author"),
                Field.Text("isbn", "ISBN") with { Unique = true, MaxLength = 17 },
                Field.PickList("shelf", "Shelf", new("sales", "Sales"), new("law", "Law")),
                Field.Money("price", "Price"),
            ],
        },
    ];
}
