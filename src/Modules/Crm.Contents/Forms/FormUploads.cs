using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Microsoft.AspNetCore.Http;

namespace Crm.Contents.Forms;

/// <summary>Files that a record's form brings: kept at once, so that a form that is refused for another reason still has them when it is shown again.</summary>
internal sealed class FormUploads(FieldKinds kinds, FileStore files)
{
    public const string Upload = ".upload";
    public const string Remove = ".remove";

    /// <param name="posted">The form's texts; those of files are put in here.</param>
    /// <returns>What is wrong with the files.</returns>
    public async Task<IReadOnlyList<FieldError>> TakeAsync(ContentTypeDefinition type, IFormCollection form, Dictionary<string, IReadOnlyList<string>> posted, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        foreach (var field in type.Fields.Where(f => posted.ContainsKey(f.Name) && kinds.Of(f).ValueType == typeof(StoredFile)))
        {
            if (form[field.Name + Remove] == "true")
                posted[field.Name] = [""];
            if (form.Files[field.Name + Upload] is not { } file)
                continue;
            try
            {
                await using var stream = file.OpenReadStream();
                posted[field.Name] = [(await files.AddAsync(field, file.FileName, stream, cancellationToken)).Write()];
            }
            catch (FileRefusedException e)
            {
                errors.Add(new(field.Name, e.Reason));
            }
        }
        return errors;
    }
}
