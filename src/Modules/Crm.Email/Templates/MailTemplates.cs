using Crm.Email.Ledger;
using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.Email.Templates;

/// <summary>A template filled in for one record.</summary>
/// <param name="To">The record's address, or its contact's or customer's; null when there is none.</param>
/// <param name="Html">Null when the template has text only.</param>
public sealed record RenderedMail(string? To, string ToName, string Subject, string Text, string? Html);

/// <summary>Fills templates in. The actor's rights hold: what may not be seen is not merged.</summary>
public sealed class MailTemplates
{
    private readonly QueryEngine _queries;
    private readonly MergeFields _fields;

    internal MailTemplates(QueryEngine queries, MergeFields fields) => (_queries, _fields) = (queries, fields);

    /// <param name="recordType">Content type of the record, such as <c>contacts</c>.</param>
    /// <exception cref="TemplateException">There is no such template or record, or it cannot be filled in.</exception>
    public async Task<RenderedMail> RenderAsync(Guid templateId, string recordType, Guid recordId, CancellationToken cancellationToken)
    {
        var template = await _queries.GetAsync(EmailTemplateType.Name, templateId, cancellationToken) ?? throw new TemplateException(new("The template is gone or you may not see it"));
        return await RenderAsync(TemplateParts.Of(template), recordType, recordId, cancellationToken);
    }

    internal async Task<RenderedMail> RenderAsync(TemplateParts parts, string recordType, Guid recordId, CancellationToken cancellationToken)
    {
        var record = (await _fields.LoadAsync(recordType, [recordId], cancellationToken)).GetValueOrDefault(recordId) ?? throw new TemplateException(new("The record is gone or you may not see it"));
        return await parts.Compile().RenderAsync(record, _fields.Culture);
    }
}

/// <summary>The three texts of a template as they were written.</summary>
public sealed record TemplateParts(string Subject, string Html, string Text)
{
    public static TemplateParts Of(ContentItem template)
        => new(template.Get<string>("subject") ?? "", template.Get<string>("html") ?? "", template.Get<string>("text") ?? "");

    /// <exception cref="TemplateException">One of them is no template.</exception>
    internal CompiledTemplate Compile() => new(TemplateText.Parse(Subject), Html.Length == 0 ? null : TemplateText.Parse(Html), Text.Length == 0 ? null : TemplateText.Parse(Text));

    /// <summary>Why it cannot be sent; null when it can.</summary>
    public Platform.Localization.Message? Problem()
    {
        if (Html.Length == 0 && Text.Length == 0)
            return new("A template needs a message, in HTML or as text");
        try
        {
            Compile();
            return null;
        }
        catch (TemplateException e)
        {
            return e.Reason;
        }
    }
}

internal sealed record CompiledTemplate(TemplateText Subject, TemplateText? Html, TemplateText? Text)
{
    public async Task<RenderedMail> RenderAsync(MergeRecord record, System.Globalization.CultureInfo culture)
    {
        var html = Html is null ? null : await Html.RenderAsync(record.Values, culture, encode: true);
        var text = Text is null ? HtmlText.From(html ?? "") : await Text.RenderAsync(record.Values, culture, encode: false);
        return new(record.Email, record.Name, MailAddresses.Line(await Subject.RenderAsync(record.Values, culture, encode: false)), text, html);
    }
}
