using System.Text;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Notifications;

namespace ServerlessHub.Orchestrations.Tests.Notifications;

public sealed class NotifierTests : IDisposable
{
    private static readonly SendPolicy Policy = new() { Timeout = TimeSpan.FromSeconds(2), Attempts = 3 };
    private readonly TestHub hub = new();
    private readonly TestClock clock = new();
    private readonly Notifier notifier;

    public NotifierTests() => notifier = new(hub.Root, hub.Secrets, Policy, clock);

    public void Dispose()
    {
        notifier.Dispose();
        hub.Dispose();
    }

    [Fact]
    public async Task A_mail_has_both_texts_and_an_id_and_signs_in_with_the_secret()
    {
        using var peer = new SmtpPeer();
        UseServer(peer, """, "user": "hub", "password": "${secret:mail}" """);
        hub.SetEnvironment("HUB_SECRET_MAIL", "p4ss");
        hub.SetEnvironment("ONCALL", "Ann <ann@example.com>");
        var delivery = Assert.Single(await notifier.Send(Samples.Failure(), [Mail("ops@example.com", "${env:ONCALL}")]));
        Assert.Equal(new Delivery("ops@example.com, ann@example.com", 1), delivery);
        Assert.Contains($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes("\0hub\0p4ss"))}", peer.Commands);
        Assert.Equal(
            ["RCPT TO:<ops@example.com>", "RCPT TO:<ann@example.com>"],
            peer.Commands.Where(c => c.StartsWith("RCPT", StringComparison.Ordinal))
        );
        var message = MimeKit.MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(Assert.Single(peer.Messages))));
        Assert.Equal("sales/staging/orders_nightly failed", message.Subject);
        Assert.Equal("20260302-080000-aa.failure@example.com", message.MessageId);
        Assert.Contains("What to do: correct the file", message.TextBody);
        Assert.Contains("<th align=\"left\" valign=\"top\">Error</th>", message.HtmlBody);
        Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
    }

    [Fact]
    public async Task A_server_that_says_later_is_asked_again_and_one_that_says_no_is_not()
    {
        using var busy = new SmtpPeer((command, n) => command.StartsWith("RCPT", StringComparison.Ordinal) && n == 1 ? "451 later" : null);
        UseServer(busy);
        Assert.Equal((true, 2), Outcome(await notifier.Send(Samples.Failure("r1"), [Mail("a@example.com")])));
        using var strict = new SmtpPeer((command, _) => command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 no such user" : null);
        UseServer(strict);
        var refused = Assert.Single(await notifier.Send(Samples.Failure("r2", "f2"), [Mail("nobody@example.com")]));
        Assert.Equal(1, refused.Attempts);
        Assert.Contains("does not accept nobody@example.com: 550 no such user", refused.Error);
    }

    [Fact]
    public async Task A_wrong_password_and_a_silent_server_are_said_plainly()
    {
        using var strict = new SmtpPeer((command, _) => command.StartsWith("AUTH", StringComparison.Ordinal) ? "535 wrong" : null);
        UseServer(strict, """, "user": "hub", "password": "s3cret" """);
        var refused = Assert.Single(await notifier.Send(Samples.Failure("r1"), [Mail("a@example.com")]));
        Assert.Contains("does not accept the user and password", refused.Error);
        Assert.DoesNotContain("s3cret", refused.ToString());
        using var silent = new SmtpPeer((_, _) => "");
        UseServer(silent);
        using var impatient = new Notifier(hub.Root, hub.Secrets, Policy with { Timeout = TimeSpan.FromMilliseconds(200) }, clock);
        var hung = Assert.Single(await impatient.Send(Samples.Failure("r2"), [Mail("a@example.com")]));
        Assert.Contains("gave no answer within 0.2 s", hung.Error);
        Assert.Equal(3, hung.Attempts);
    }

    [Theory]
    [InlineData("""{ "port": 25, "from": "a@example.com" }""", "names no 'host'")]
    [InlineData("""{ "host": "h", "from": "nobody" }""", "'from' that is no mail address")]
    [InlineData("""{ "host": "h", "from": "a@example.com", "tls": true }""", "unknown value 'tls'")]
    [InlineData("""{ "host": "h", "from": "a@example.com", "security": "none", "user": "u", "password": "pw" }""", "unencrypted")]
    [InlineData("""{ "host": "h", "from": "a@example.com", "port": "99999" }""", "'port' that is none")]
    [InlineData("""{ "host": "h", "from": "a@example.com", "password": "${secret:gone}" }""", "There is no secret 'gone'")]
    public async Task A_connection_that_is_wrong_is_a_plain_error_and_no_exception(string connection, string error)
    {
        hub.Write("config/common/resources/smtp.json", connection);
        var delivery = Assert.Single(await notifier.Send(Samples.Failure(), [Mail("a@example.com")]));
        Assert.Contains(error, delivery.Error);
    }

    [Fact]
    public async Task Without_a_mail_server_it_is_said_where_to_write_one_down()
    {
        var delivery = Assert.Single(await notifier.Send(Samples.Failure(), [Mail("a@example.com")]));
        Assert.Contains("config/common/resources/smtp.json", delivery.Hint);
    }

    [Fact]
    public async Task Targets_are_told_what_they_asked_for_side_by_side()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(200));
        hub.SetEnvironment("HUB_SECRET_HOOK", receiver.Address.ToString());
        JobNotification[] targets =
        [
            new WebhookNotification("${secret:hook}", null, null, [Occasion.Completion], default),
            new WebhookNotification("${secret:hook}", null, null, [Occasion.Success], default),
            new WebhookNotification("ftp://x", null, null, [Occasion.Failure], default),
        ];
        var deliveries = await notifier.Send(Samples.Failure(), targets);
        Assert.Equal([true, false], deliveries.Select(d => d.IsDelivered));
        Assert.Contains("begins with https://", deliveries[1].Hint);
        Assert.Single(receiver.Requests);
        Assert.True(Notifier.Wants(targets[0], Occasion.Success));
        Assert.False(Notifier.Wants(targets[0], Occasion.Start));
        Assert.False(Notifier.Wants(new EmailNotification([], [Occasion.Sla], default), Occasion.SlaPredicted));
    }

    [Fact]
    public async Task One_cause_is_told_once_an_hour_and_the_next_says_how_often_it_was_seen()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(200));
        var target = new WebhookNotification(receiver.Address.ToString(), null, null, Samples.All, default);
        Assert.Single(await notifier.Send(Samples.Failure("r0"), [target]));
        for (var i = 1; i <= 3; i++)
        for (var again = 0; again < 2; again++)
            Assert.Empty(await notifier.Send(Samples.Failure($"r{i}"), [target]));
        Assert.Single(await notifier.Send(Samples.Failure("r4", "another cause"), [target]));
        clock.Now += TimeSpan.FromHours(1);
        Assert.Single(await notifier.Send(Samples.Failure("r5"), [target]));
        Assert.Contains("\"repeats\":3", receiver.Requests.Last().Body);
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task After_a_success_the_same_cause_is_told_at_once()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(200));
        var target = new WebhookNotification(receiver.Address.ToString(), null, null, Samples.All, default);
        await notifier.Send(Samples.Failure("r0"), [target]);
        await notifier.Send(Samples.Success("r1"), [target]);
        Assert.Single(await notifier.Send(Samples.Failure("r2"), [target]));
    }

    [Fact]
    public async Task An_alert_that_reached_nobody_holds_no_other_back_and_one_that_died_is_sent_again()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(500), HttpReceiver.Answer(400), HttpReceiver.Answer(200));
        var target = new WebhookNotification(receiver.Address.ToString(), null, null, Samples.All, default);
        Assert.False(Assert.Single(await notifier.Send(Samples.Failure("r0"), [target])).IsDelivered);
        // As if the process had died between claiming and telling.
        var ledger = new AlertLedger(hub.Root.Storage, clock);
        Assert.NotNull(await ledger.Claim(Samples.Failure("r1"), default));
        Assert.Empty(await notifier.Send(Samples.Failure("r2"), [target]));
        Assert.True(Assert.Single(await notifier.Send(Samples.Failure("r1"), [target])).IsDelivered);
        Assert.Empty(await notifier.Send(Samples.Failure("r1"), [target]));
    }

    [Fact]
    public async Task Many_runs_that_fail_at_once_of_one_cause_are_one_alert()
    {
        using var receiver = new HttpReceiver(HttpReceiver.Answer(200));
        var target = new WebhookNotification(receiver.Address.ToString(), null, null, Samples.All, default);
        var sent = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => notifier.Send(Samples.Failure($"r{i}"), [target])))
        );
        Assert.Equal(1, sent.Sum(deliveries => deliveries.Count));
    }

    private static (bool, int) Outcome(IReadOnlyList<Delivery> deliveries) =>
        (deliveries.Single().IsDelivered, deliveries.Single().Attempts);

    private static EmailNotification Mail(params string[] to) => new(to, Samples.All, default);

    private void UseServer(SmtpPeer peer, string more = "") =>
        hub.Write(
            "config/common/resources/smtp.json",
            $$"""{ "host": "127.0.0.1", "port": {{peer.Port}}, "from": "hub@example.com"{{more}} }"""
        );
}
