using System.Net;
using System.Text.Json;
using MailKit.Security;
using MimeKit;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>
/// A mail server, as a connection file has it: <c>{"host": …, "port": …, "security": "auto | none | startTls | tls", "from": …, "user": …, "password": …}</c>.
/// Any value may hold <c>${secret:…}</c> and <c>${env:…}</c>.
/// </summary>
internal sealed record SmtpSettings(
    string Host,
    int Port,
    SecureSocketOptions Security,
    MailboxAddress From,
    string? User,
    Secret? Password
)
{
    private static readonly string[] Names = ["host", "port", "security", "from", "user", "password"];

    /// <summary>Reads a connection.</summary>
    /// <param name="name">What the connection is called, for errors.</param>
    /// <param name="connection">The file's content, its <c>${…}</c> not replaced.</param>
    /// <param name="secrets">The hub's secrets.</param>
    /// <exception cref="RunException">A value is missing, unknown, or not what it should be.</exception>
    /// <exception cref="SecretException">A secret is missing.</exception>
    public static SmtpSettings Read(string name, JsonElement connection, HubSecrets secrets)
    {
        var values = connection.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());
        if (values.Keys.FirstOrDefault(key => !Names.Contains(key)) is { } unknown)
            throw Wrong(name, $"has an unknown value '{unknown}'", $"there are: {string.Join(", ", Names)}");
        var host = Text("host") ?? throw Wrong(name, "names no 'host'", "give it the mail server's name");
        var from = Text("from") ?? throw Wrong(name, "has no 'from'", "give it the address that mails come from");
        var sender = EmailSender.Parse(from) ?? throw Wrong(name, "has a 'from' that is no mail address", "write it as hub@example.com");
        var security = Text("security") ?? "auto";
        var port =
            Text("port") is { } given ? PortOf(name, given)
            : security == "tls" ? 465
            : 587;
        var password = values.TryGetValue("password", out var text) ? secrets.Expand(text) : null;
        if (password is not null && security == "none" && !IsThisMachine(host))
            throw Wrong(name, "would send its password unencrypted", "say \"security\": \"startTls\" or \"tls\", or leave it out");
        return new(host, port, Options(name, security, port, password is not null && !IsThisMachine(host)), sender, Text("user"), password);

        string? Text(string key) =>
            values.TryGetValue(key, out var value) && secrets.Expand(value).Reveal() is { Length: > 0 } full ? full : null;
    }

    private static SecureSocketOptions Options(string name, string security, int port, bool mustEncrypt) =>
        security switch
        {
            "none" => SecureSocketOptions.None,
            "tls" => SecureSocketOptions.SslOnConnect,
            "startTls" => SecureSocketOptions.StartTls,
            "auto" when port == 465 => SecureSocketOptions.SslOnConnect,
            "auto" => mustEncrypt ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable,
            _ => throw Wrong(name, "has a 'security' that is not known", "it may be auto, none, startTls or tls"),
        };

    private static int PortOf(string name, string text) =>
        int.TryParse(text, out var port) && port is > 0 and < 65_536
            ? port
            : throw Wrong(name, "has a 'port' that is none", "it is a number from 1 to 65535; 587 and 465 are usual");

    private static bool IsThisMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));

    private static RunException Wrong(string name, string what, string hint) =>
        new($"the connection '{name}' of the mail server {what}", hint);
}
