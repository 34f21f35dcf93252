using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Notifications;

namespace ServerlessHub.Orchestrations.Tests.Notifications;

/// <summary>Notifications to tell.</summary>
internal static class Samples
{
    public static readonly Occasion[] All = Enum.GetValues<Occasion>();

    public static Notification Failure(string runId = "20260302-080000-aa", string? fingerprint = "f1") =>
        new()
        {
            Id = Notification.IdOf(runId, Occasion.Failure),
            Kind = Occasion.Failure,
            App = "sales",
            Layer = "staging",
            Job = "orders_nightly",
            RunId = runId,
            Status = "Failed",
            When = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero),
            Seconds = 3_725,
            Error = "line 3: <b>'x' & 'y'</b> is no date",
            Hint = "correct the file",
            Fingerprint = fingerprint,
            FailedNodes = ["load", "publish"],
            Link = new Uri("https://hub.example.com/runs/20260302-080000-aa?a=1&b=2"),
        };

    public static Notification Success(string runId) =>
        Failure(runId) with
        {
            Id = Notification.IdOf(runId, Occasion.Success),
            Kind = Occasion.Success,
            Status = "Completed",
            Error = null,
            Fingerprint = null,
        };
}
