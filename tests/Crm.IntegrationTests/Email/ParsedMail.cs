using System.Diagnostics;
using System.Text.Json;

namespace Crm.IntegrationTests.Email;

/// <summary>Messages as Python's e-mail parser reads them, which shares nothing with what wrote them.</summary>
internal sealed record ParsedMail(string Recipient, string Subject, string To, string ToName, string From, string MessageId, string Date, string? Bcc, string? ListUnsubscribe, string? ListUnsubscribePost, string Text, string? Html, string[] Defects)
{
    private const string Script = """
        import email, email.policy, json, os, sys
        for name in sorted(os.listdir(sys.argv[1])):
            with open(os.path.join(sys.argv[1], name), 'rb') as f:
                m = email.message_from_binary_file(f, policy=email.policy.default)
            text, html = m.get_body(('plain',)), m.get_body(('html',))
            defects = [repr(d) for part in m.walk() for d in part.defects]
            print(json.dumps({
                'recipient': str(m['X-Rcpt-Args'] or ''), 'subject': str(m['Subject']), 'to': m['To'].addresses[0].addr_spec, 'toName': m['To'].addresses[0].display_name,
                'from': str(m['From']), 'messageId': str(m['Message-ID']), 'date': str(m['Date']), 'bcc': m['Bcc'] and str(m['Bcc']),
                'listUnsubscribe': m['List-Unsubscribe'] and str(m['List-Unsubscribe']).strip(), 'listUnsubscribePost': m['List-Unsubscribe-Post'] and str(m['List-Unsubscribe-Post']).strip(),
                'text': text.get_content() if text else '', 'html': html.get_content() if html else None, 'defects': defects}))
        """;

    public static async Task<List<ParsedMail>> ReadAsync(string folder)
    {
        var start = new ProcessStartInfo("python3", ["-c", Script, folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        Process python;
        try
        {
            python = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("python3 is missing; ./test.sh installs it. Its parser checks the messages.", e);
        }
        using (python)
        {
            var (output, error) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
            await python.WaitForExitAsync();
            Assert.True(python.ExitCode == 0, await error);
            return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ParsedMail>(line, JsonSerializerOptions.Web)!)];
        }
    }
}
