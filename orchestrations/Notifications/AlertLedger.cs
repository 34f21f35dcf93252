using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Orchestrations.Jobs;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>
/// What has been told of each job's failures, under <c>data/ops/alerts</c>, so that one cause is told once in a while and not once a failure. What is
/// held back is counted, and the next alert of the cause says how often. A success ends all causes: the next failure is told at once.
/// </summary>
/// <param name="storage">The hub root's.</param>
/// <param name="time">The clock.</param>
internal sealed class AlertLedger(ILakeStorage storage, TimeProvider time)
{
    private const int MostCauses = 200;
    private const int MostIds = 100;

    /// <summary>How long after an alert its cause is not told again.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    // Longer than all tries of a delivery take; whoever has not said by then that it is delivered has died.
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(10);

    /// <summary>Claims the telling of an alert.</summary>
    /// <returns>The notification, with the number of those held back before; null when it is not to be sent.</returns>
    public async Task<Notification?> Claim(Notification notification, CancellationToken ct)
    {
        if (!IsAlert(notification.Kind))
            return notification;
        Notification? claimed = null;
        await Document(notification)
            .Update(
                before =>
                {
                    var now = time.GetUtcNow();
                    var causes = before?.Causes ?? [];
                    var known = causes.FirstOrDefault(cause => cause.IsOf(notification));
                    var isNew = known is null || IsOver(known, now);
                    if (!isNew && known!.NotificationId != notification.Id)
                    {
                        claimed = null;
                        return known.HeldBackIds.Contains(notification.Id) ? before : With(causes, known.HoldBack(notification.Id));
                    }
                    if (!isNew && known!.IsDelivered)
                    {
                        claimed = null;
                        return before;
                    }
                    var next = isNew ? Cause.New(notification, now, known?.HeldBack ?? 0) : known! with { At = now };
                    claimed = notification with { Repeats = next.Repeats };
                    return With(causes, next);
                },
                ct
            );
        return claimed;
    }

    /// <summary>Says that a claimed alert has reached somebody, or nobody: then the next one is sent.</summary>
    public async Task Settle(Notification notification, bool isDelivered, CancellationToken ct)
    {
        if (IsAlert(notification.Kind))
            await Document(notification)
                .Update(
                    before =>
                        before?.Causes.FirstOrDefault(c => c.IsOf(notification) && c.NotificationId == notification.Id) is not { } cause
                            ? before
                        : isDelivered ? With(before.Causes, cause with { IsDelivered = true })
                        : new Alerts([.. before.Causes.Where(c => c != cause)]),
                    ct
                );
    }

    /// <summary>Forgets the causes of a job, which has succeeded.</summary>
    public async Task Recover(Notification success, CancellationToken ct)
    {
        if (storage.Find(PathOf(success)) is not null)
            await Document(success).Update(before => before is null or { Causes: [] } ? before : new Alerts([]), ct);
    }

    private static bool IsAlert(Occasion kind) => kind is Occasion.Failure or Occasion.Sla or Occasion.SlaPredicted;

    private static bool IsOver(Cause cause, DateTimeOffset now) => now - cause.At >= (cause.IsDelivered ? Window : LongestDelivery);

    private static Alerts With(IReadOnlyList<Cause> causes, Cause cause) =>
        new([cause, .. causes.Where(c => c.Kind != cause.Kind || c.Fingerprint != cause.Fingerprint).Take(MostCauses - 1)]);

    private StateDocument<Alerts> Document(Notification notification) => new(storage, PathOf(notification));

    private static string PathOf(Notification notification) =>
        $"data/ops/alerts/{notification.App}/{notification.Layer}/{notification.Job}.json";

    private sealed record Alerts(IReadOnlyList<Cause> Causes);

    private sealed record Cause(
        Occasion Kind,
        string Fingerprint,
        string NotificationId,
        DateTimeOffset At,
        bool IsDelivered,
        int Repeats,
        int HeldBack,
        IReadOnlyList<string> HeldBackIds
    )
    {
        public static Cause New(Notification notification, DateTimeOffset now, int repeats) =>
            new(notification.Kind, FingerprintOf(notification), notification.Id, now, false, repeats, 0, []);

        public bool IsOf(Notification notification) => Kind == notification.Kind && Fingerprint == FingerprintOf(notification);

        public Cause HoldBack(string id) => this with { HeldBack = HeldBack + 1, HeldBackIds = [id, .. HeldBackIds.Take(MostIds - 1)] };

        private static string FingerprintOf(Notification notification) => notification.Fingerprint ?? notification.Error ?? "";
    }
}
