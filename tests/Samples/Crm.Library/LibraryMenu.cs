using Crm.Platform.Display;

namespace Crm.Library;

internal sealed class LibraryMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries => [new("Books", "/books", "book", "books.view", Order: 80)];
}
