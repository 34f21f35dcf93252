using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>
/// Tells people by e-mail, at least once: <c>Message-Id</c> is made of the notification's id, the same in every try. What may pass is tried again:
/// a server that is not reached, hangs, or answers with a 4xx code.
/// </summary>
/// <param name="policy">How often is tried.</param>
/// <param name="time">The clock of the time between tries.</param>
internal sealed class EmailSender(SendPolicy policy, TimeProvider time)
{
    /// <summary>The address that a text is, with or without a name; null if it is none.</summary>
    public static MailboxAddress? Parse(string text) =>
        MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0 ? address : null;

    /// <summary>Sends a notification to people, all in one message.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; whether it was delivered is open.</exception>
    public async Task<Delivery> Send(SmtpSettings server, IReadOnlyList<MailboxAddress> to, Notification notification, CancellationToken ct)
    {
        var people = string.Join(", ", to.Select(address => address.Address));
        for (var attempt = 1; ; attempt++)
        {
            using var message = Message(server, to, notification);
            var outcome = await Try(server, message, ct);
            if (outcome.Error is null || !outcome.MayPass || attempt >= policy.Attempts)
                return new(people, attempt, outcome.Error, outcome.Hint);
            await Task.Delay(policy.DelayAfter(attempt, null), time, ct);
        }
    }

    private static MimeMessage Message(SmtpSettings server, IReadOnlyList<MailboxAddress> to, Notification notification)
    {
        var body = new BodyBuilder { TextBody = NotificationText.Plain(notification), HtmlBody = NotificationText.Html(notification) };
        var message = new MimeMessage([server.From], to, NotificationText.Subject(notification), body.ToMessageBody())
        {
            Date = notification.When,
            MessageId = $"{notification.Id}@{server.From.Domain}",
        };
        // Out-of-office replies to a program help nobody (RFC 3834).
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add("X-Hub-Notification", notification.Id);
        return message;
    }

    private async Task<Outcome> Try(SmtpSettings server, MimeMessage message, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(policy.Timeout);
        var place = $"the mail server {server.Host}:{server.Port}";
        try
        {
            using var client = new SmtpClient { LocalDomain = "localhost" };
            await client.ConnectAsync(server.Host, server.Port, server.Security, limit.Token);
            if (server.User is { } user)
                await client.AuthenticateAsync(user, server.Password?.Reveal() ?? "", limit.Token);
            await client.SendAsync(message, limit.Token);
            // The server has said that it has the message; how the two part is no matter.
            return new();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new($"{place} gave no answer within {policy.Timeout.TotalSeconds:0.###} s", "look whether it is well", MayPass: true);
        }
        catch (Exception e) when (Explain(e, place) is { } outcome)
        {
            return outcome;
        }
    }

    private static Outcome? Explain(Exception e, string place) =>
        e switch
        {
            AuthenticationException => new(
                $"{place} does not accept the user and password",
                "correct them in the connection's file or secret"
            ),
            NotSupportedException => new(
                $"{place} offers no encryption, or no way to sign in that is understood",
                "check 'security' and 'port' of the connection"
            ),
            SslHandshakeException => new(
                $"no encrypted connection to {place} came about",
                "check 'security', 'port' and the server's certificate: tls for 465, startTls for 587"
            ),
            SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } refused => Refused(
                $"{place} does not accept {refused.Mailbox?.Address}",
                refused
            ),
            SmtpCommandException refused => Refused(place, refused),
            ProtocolException or ServiceNotConnectedException => new($"{place} broke off", null, MayPass: true),
            SocketException or IOException => new(
                $"{place} cannot be reached: {e.Message}",
                "check 'host' and 'port' of the connection, and whether this machine may connect to it",
                MayPass: true
            ),
            _ => null,
        };

    private static Outcome Refused(string what, SmtpCommandException refused) =>
        new($"{what}: {(int)refused.StatusCode} {refused.Message}", null, MayPass: (int)refused.StatusCode is >= 400 and < 500);

    private readonly record struct Outcome(string? Error = null, string? Hint = null, bool MayPass = false);
}
