using Crm.Platform.Content;
using Crm.Platform.Display;
using Microsoft.AspNetCore.Http;

namespace Crm.Customers.Duplicates;

/// <param name="Asks">Whether it has to be said that the new one is another.</param>
internal sealed record DuplicatesPart(string Type, IReadOnlyList<PossibleDuplicate> Found, bool Asks);

/// <summary>
/// While somebody fills in the form of a new record, those like it are shown; before it is made, it has to be said that
/// this is another. Imports have their key for that.
/// </summary>
internal sealed class DuplicateHint(string type, CustomerDuplicates duplicates) : IFormPart
{
    private const string Confirm = "isAnother";

    private IReadOnlyList<PossibleDuplicate> _found = [];

    public string Type => type;

    public SlotView? View(IReadOnlyList<FieldError> errors) => new("_Duplicates", new DuplicatesPart(type, _found, _found.Any(f => f.IsSame)));

    public async Task<IReadOnlyList<FieldError>> CheckAsync(IFormCollection form, CancellationToken cancellationToken)
    {
        _found = await duplicates.FindAsync(type, name => form[name].ToString(), cancellationToken);
        return form[Confirm] == "true" || _found.All(f => !f.IsSame) ? []
            : [new FieldError(Confirm, type == CustomerType.Name
                ? new("There is a customer like this already. Look at it, or say that this is another one")
                : new("There is a contact like this already. Look at it, or say that this is another one"))];
    }
}
