using Crm.Platform.Content;

namespace Crm.Email.Templates;

/// <summary>A template names only merge fields that there are.</summary>
internal sealed class TemplateRules(MergeFields fields) : IContentHandler
{
    public ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != EmailTemplateType.Name)
            return ValueTask.CompletedTask;
        foreach (var save in saves)
            foreach (var field in new[] { "subject", "html", "text" }.Where(save.Changed.Contains))
                Check(save, field);
        return ValueTask.CompletedTask;
    }

    private void Check(PendingSave save, string field)
    {
        if (save.After.Get<string>(field) is not { Length: > 0 } source)
            return;
        try
        {
            if (fields.Check(TemplateText.Parse(source), source) is { } unknown)
                save.Error(field, unknown);
        }
        catch (TemplateException)
        {
            // The field's own check says so.
        }
    }
}
