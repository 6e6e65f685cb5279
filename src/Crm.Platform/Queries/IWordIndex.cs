using Crm.Platform.Content;

namespace Crm.Platform.Queries;

/// <summary>Finds records of many types at once by words in them. There is one while a module that keeps such an index is on.</summary>
public interface IWordIndex
{
    /// <param name="among">Which of the types that the actor may open are meant.</param>
    /// <returns>Names of records within the actor's scope, the best first; null while the index is not ready.</returns>
    Task<IReadOnlyList<ContentItem>?> FindAsync(string text, Func<ContentTypeDefinition, bool> among, int take, CancellationToken cancellationToken);
}
