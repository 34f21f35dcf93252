using System.Text.Json;
using MimeKit;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>
/// Tells whoever a job names of its runs. Nothing that goes wrong with it is an exception: a run never fails because nobody could be told, and what
/// could not be delivered is said in the result.
/// </summary>
public sealed class Notifier : IDisposable
{
    /// <summary>The connection of the mail server: a file <c>resources/smtp.json</c> of the job's layer, or of <c>config/common</c>.</summary>
    public const string MailServer = "smtp";

    private readonly HubRoot root;
    private readonly HubSecrets secrets;
    private readonly WebhookSender webhooks;
    private readonly EmailSender emails;
    private readonly AlertLedger ledger;

    /// <summary>Makes a notifier; one is enough for a process.</summary>
    /// <param name="root">The hub root: its connections, and the ledger of what was told.</param>
    /// <param name="secrets">The hub's secrets.</param>
    /// <param name="policy">How often is tried; null for the default.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public Notifier(HubRoot root, HubSecrets secrets, SendPolicy? policy = null, TimeProvider? time = null)
    {
        (this.root, this.secrets) = (root, secrets);
        webhooks = new WebhookSender(policy, time);
        emails = new EmailSender(policy ?? new(), time ?? TimeProvider.System);
        ledger = new AlertLedger(root.Storage, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public void Dispose() => webhooks.Dispose();

    /// <summary>
    /// Tells the targets that want it, side by side, at least once: to be called again with the same notification if the process dies in it. Failures
    /// and missed SLAs of one cause are told once within an hour, however many runs have them.
    /// </summary>
    /// <returns>What came of it, a delivery for each target that was to be told; empty when nobody was.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<IReadOnlyList<Delivery>> Send(
        Notification notification,
        IReadOnlyList<JobNotification> targets,
        CancellationToken ct = default
    )
    {
        try
        {
            if (notification.Kind == Occasion.Success)
                await ledger.Recover(notification, ct);
            var wanted = targets.Where(target => Wants(target, notification.Kind)).ToArray();
            if (wanted.Length == 0 || await ledger.Claim(notification, ct) is not { } claimed)
                return [];
            var deliveries = await Task.WhenAll(wanted.Select(target => Tell(target, claimed, ct)));
            foreach (var (target, delivery) in wanted.Zip(deliveries))
                JobTelemetry.Told(target is EmailNotification ? "email" : "webhook", delivery.IsDelivered);
            await ledger.Settle(notification, deliveries.Any(delivery => delivery.IsDelivered), ct);
            return deliveries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RunException)
        {
            return [new("the ledger of alerts", 1, e.Message, (e as RunException)?.Hint)];
        }
    }

    /// <summary>Who asks for the completion is told of every end.</summary>
    internal static bool Wants(JobNotification target, Occasion occasion) =>
        target.On.Contains(occasion) || (occasion is Occasion.Success or Occasion.Failure && target.On.Contains(Occasion.Completion));

    private async Task<Delivery> Tell(JobNotification target, Notification notification, CancellationToken ct)
    {
        var name = target is EmailNotification mail ? string.Join(", ", mail.To) : "a webhook";
        try
        {
            return target switch
            {
                EmailNotification email => await Mail(email, notification, ct),
                WebhookNotification webhook => await Post(webhook, notification, ct),
                _ => throw new ArgumentOutOfRangeException(nameof(target), target.GetType().Name),
            };
        }
        catch (Exception e) when (e is RunException or SecretException or IOException or UnauthorizedAccessException)
        {
            return new(name, 0, e.Message, (e as RunException)?.Hint);
        }
    }

    private async Task<Delivery> Post(WebhookNotification target, Notification notification, CancellationToken ct)
    {
        var text = secrets.Expand(target.Url, ct).Reveal();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw new RunException(
                "the address of a webhook is none",
                "it begins with https://, and may hold ${secret:NAME} or ${env:NAME}"
            );
        var key = target.SecretRef is { } reference ? secrets.Get(reference, ct) : null;
        return await webhooks.Send(address, target.Format, key, notification, ct);
    }

    private async Task<Delivery> Mail(EmailNotification target, Notification notification, CancellationToken ct)
    {
        var address = new DocumentAddress(notification.App, notification.Layer, notification.Job);
        if (root.Connection(MailServer, address) is not JsonElement connection)
            throw new RunException(
                $"there is no connection '{MailServer}', which names the mail server",
                $"write config/common/resources/{MailServer}.json with host, port, from, user and password"
            );
        var server = SmtpSettings.Read(MailServer, connection, secrets);
        return await emails.Send(server, [.. target.To.Select(to => Address(to, ct))], notification, ct);
    }

    private MailboxAddress Address(string text, CancellationToken ct) =>
        EmailSender.Parse(secrets.Expand(text, ct).Reveal())
        ?? throw new RunException($"'{text}' is no mail address", "write it as name@example.com, or as a secret that holds one");
}
