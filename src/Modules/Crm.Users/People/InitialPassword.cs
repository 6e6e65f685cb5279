using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

/// <summary>A new user's first password, given in the same form; left empty, it is given later.</summary>
internal sealed class InitialPassword(Passwords passwords, IStringLocalizer localizer) : IFormPart
{
    private const string Input = "initialPassword";

    public string Type => SystemTypes.Users;

    public SlotView? View(IReadOnlyList<FieldError> errors)
        => new("_InitialPassword", new PasswordInput(Input, localizer["Initial password"], errors.FirstOrDefault(e => e.Field == Input)?.Message.For(localizer), "new-password")
        {
            Hint = localizer["At least {0} characters. It has to be replaced at the first sign-in. Left empty, you give one later.", PasswordPolicy.MinLength],
            IsOptional = true,
        });

    public Task<IReadOnlyList<FieldError>> CheckAsync(IFormCollection form, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<FieldError>>(form[Input].ToString() is { Length: > 0 } password && PasswordPolicy.Check(password, form[UserFields.UserName].ToString() is { Length: > 0 } name ? name : " ") is { } problem
            ? [new FieldError(Input, problem)]
            : []);

    public bool Adds(IFormCollection form) => form[Input].ToString().Length > 0;

    public async Task SavedAsync(Guid id, IFormCollection form, CancellationToken cancellationToken)
    {
        // The user name may have been made just now, so the check comes again.
        if (await passwords.SetAsync(id, form[Input].ToString(), mustChange: true, cancellationToken) is { } problem)
            throw new SaveRefusedException(new FieldError(Input, problem));
    }
}
