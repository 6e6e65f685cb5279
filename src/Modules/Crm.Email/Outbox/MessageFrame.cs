using System.Net;
using Crm.Email.Templates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Crm.Email.Outbox;

/// <summary>HTML that is not ours, inside a frame that can do nothing.</summary>
public static class MessageFrame
{
    public static void Protect(HttpResponse response)
        => response.Headers.ContentSecurityPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

    /// <summary>A whole page, whose links open outside the frame.</summary>
    public static string Wrap(string html) => html.Contains("<head>", StringComparison.OrdinalIgnoreCase)
        ? html.Replace("<head>", "<head><base target=\"_blank\">", StringComparison.OrdinalIgnoreCase)
        : $"<!DOCTYPE html><html><head><meta charset=\"utf-8\"><base target=\"_blank\"><title></title></head><body>{html}</body></html>";

    /// <summary>Head and body of a message that is not sent.</summary>
    public static string Page(RenderedMail mail, IStringLocalizer localizer)
    {
        const string style = "font:13px/20px system-ui,sans-serif;color:#5c5e66;border-bottom:1px solid #e8e8eb;padding:0 0 10px;margin:0 0 14px";
        var to = mail.To is null ? mail.ToName : $"{mail.ToName} <{mail.To}>";
        var head = $"<div style=\"{style}\">{Encode(localizer["To"])}: {Encode(to)}<br>{Encode(localizer["Subject"])}: <b style=\"color:#1d1e22\">{Encode(mail.Subject)}</b></div>";
        var body = mail.Html ?? $"<pre style=\"font:13px/20px ui-monospace,monospace;white-space:pre-wrap\">{Encode(mail.Text)}</pre>";
        // Above the message itself, inside a page that brings a body of its own.
        var start = body.IndexOf("<body", StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? body.IndexOf('>', at) + 1 : 0;
        return Wrap(body.Insert(start, head));
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
