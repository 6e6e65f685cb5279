using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>
/// Sends the record as JSON to a web address. At least once: a kill between the answer and the note of it sends again,
/// with the same <c>Idempotency-Key</c>. The body is signed with HMAC-SHA256 over <c>timestamp.body</c>.
/// </summary>
internal sealed class Webhook(WebhookClient client, WebhookSettings settings, FieldKinds kinds, TimeProvider clock) : ActivityKind
{
    private const string Url = "url";

    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string Name => "webhook";

    public override LocalizedText Label => "Call a webhook";

    public override LocalizedText Description => "Sends the record as JSON to another system, signed";

    public override string Icon => "webhook";

    public override bool IsOutside => true;

    public override IReadOnlyList<Setting> Settings { get; } =
        [new(Url, "Web address", SettingInput.Url) { Required = true, MaxLength = 500, Help = "Receives a POST with the record’s fields. Addresses inside your network must be allowed first" }];

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var url = new Uri(run[Url]!);
        if (run.IsDryRun)
            return new(new("Would send the record to {0}", url.GetLeftPart(UriPartial.Path)));
        var body = Body(run);
        var stored = await settings.UseAsync(cancellationToken);
        if (stored.Secret is not { } secret)
            throw new ActivityRefusedException(new Message("The signing key of webhooks cannot be read. An administrator makes a new one under “Webhooks”"));
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        request.Headers.Add("Idempotency-Key", run.Key);
        request.Headers.Add("X-Crm-Signature", Sign(secret, clock.GetUtcNow().ToUnixTimeSeconds(), body));
        var status = await client.SendAsync(request, stored.AllowedHosts, cancellationToken);
        return new(new("Sent to {0}, which answered {1}", url.GetLeftPart(UriPartial.Path), status));
    }

    internal static string Sign(string secret, long timestamp, byte[] body)
    {
        var signed = Encoding.UTF8.GetBytes($"{timestamp.ToString(CultureInfo.InvariantCulture)}.").Concat(body).ToArray();
        return $"t={timestamp.ToString(CultureInfo.InvariantCulture)},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    private byte[] Body(ActivityRun run) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        workflow = run.Workflow.Name.En,
        instance = run.Instance.Id,
        sentAt = clock.GetUtcNow().UtcDateTime,
        record = run is { Type: { } type, Record: { } record }
            ? new
            {
                type = type.Name,
                id = record.Id,
                name = record.DisplayText,
                fields = type.Fields.Where(f => !f.Hidden && record[f.Name] is not null).ToDictionary(f => f.Name, f => kinds.Of(f).ToInvariant(f, record[f.Name]!)),
            }
            : null,
    }, Json);
}
