using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MimeKit.Text;

namespace Crm.Email.Tracking;

/// <summary>Signed addresses in the messages of one mailing: nobody can make one up, nor turn one to another page.</summary>
internal sealed class TrackingLinks(string siteUrl, string secret)
{
    private readonly byte[] _key = Convert.FromBase64String(secret);

    public static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public string Open(Guid mail) => $"{siteUrl}/t/o/{mail:N}/{Sign("o", mail, "")}";

    public string Unsubscribe(Guid mail) => $"{siteUrl}/t/u/{mail:N}/{Sign("u", mail, "")}";

    public string Click(Guid mail, string url) => $"{siteUrl}/t/c/{mail:N}/{Sign("c", mail, url)}?u={Uri.EscapeDataString(url)}";

    public bool IsSigned(string purpose, Guid mail, string url, string signature)
        => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(purpose, mail, url)), Encoding.UTF8.GetBytes(signature));

    private string Sign(string purpose, Guid mail, string url)
        => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose}:{mail:N}:{url}")).AsSpan(0, 16));

    /// <summary>Links lead through this site, which counts them, and a picture tells when the message is opened.</summary>
    public string Track(string html, Guid mail)
    {
        var unsubscribe = Unsubscribe(mail);
        var writer = new StringWriter(CultureInfo.InvariantCulture);
        new HtmlToHtml
        {
            HtmlTagCallback = (tag, output) =>
            {
                if (tag.TagId != HtmlTagId.A || tag.IsEndTag)
                {
                    tag.WriteTag(output, true);
                    return;
                }
                tag.WriteTag(output, false);
                foreach (var attribute in tag.Attributes)
                {
                    if (attribute.Id == HtmlAttributeId.Href && IsWeb(attribute.Value) && attribute.Value != unsubscribe)
                        output.WriteAttribute(HtmlAttributeId.Href, Click(mail, attribute.Value!.Trim()));
                    else
                        output.WriteAttribute(attribute);
                }
            },
        }.Convert(new StringReader(html), writer);
        var picture = $"<img src=\"{Open(mail)}\" width=\"1\" height=\"1\" alt=\"\">";
        var tracked = writer.ToString();
        return tracked.LastIndexOf("</body", StringComparison.OrdinalIgnoreCase) is >= 0 and var end ? tracked.Insert(end, picture) : tracked + picture;
    }

    private static bool IsWeb(string? url) => url is not null && Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
