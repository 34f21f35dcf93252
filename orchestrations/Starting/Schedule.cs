using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>When a document runs.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Document">The document.</param>
/// <param name="Cron">The expression.</param>
/// <param name="TimeZone">The zone on whose clock it fires, by its IANA name.</param>
/// <param name="Missed">What becomes of the times that passed while nothing could run.</param>
public sealed record Schedule(DocumentKind Kind, DocumentAddress Document, CronExpression Cron, string TimeZone, MissedTimes Missed)
{
    internal TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    internal string Key => $"{Document.App}/{Document.Layer}/{Kind.ToString().ToLowerInvariant()}.{Document.Id}";

    /// <summary>Whether both fire at the same times.</summary>
    internal bool IsLike(string cron, string timeZone) => Cron.Text == cron && TimeZone == timeZone;

    /// <summary>The id of the run of a time.</summary>
    public string RunIdAt(DateTimeOffset scheduled) => DerivedRunId.Of(scheduled, "schedule", Key, scheduled.UtcDateTime.ToString("O"));

    /// <summary>The next times after a moment, on the clock of the zone, each with what daylight saving does to it.</summary>
    internal IEnumerable<ScheduledTime> After(DateTimeOffset moment)
    {
        var times = new CronTimes(Cron, Zone);
        for (var next = times.After(moment.UtcDateTime); next is { } at; next = times.After(at))
            yield return new(TimeZoneInfo.ConvertTime(new DateTimeOffset(at), Zone), ClockChanges.At(Cron, Zone, at));
    }
}

/// <summary>A time at which a schedule fires.</summary>
/// <param name="At">When, on the clock of its zone.</param>
/// <param name="Note">What daylight saving does to it; null for nothing.</param>
public sealed record ScheduledTime(DateTimeOffset At, string? Note);

/// <summary>How a schedule stands.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Paused">Since when, by whom and why it starts nothing; null if it is not paused.</param>
/// <param name="LastFired">The time that it fired for last; null if it never did.</param>
/// <param name="Next">Its next times; those that pass while it is paused are missed.</param>
/// <param name="Note">What there is to know: times that were missed, a clock that was set back. Null for nothing.</param>
public sealed record ScheduleView(
    Schedule Schedule,
    Pause? Paused,
    DateTimeOffset? LastFired,
    IReadOnlyList<ScheduledTime> Next,
    string? Note
);

/// <summary>A run that a schedule has started, or could not start.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Scheduled">The time it is for.</param>
/// <param name="RunId">Its id.</param>
/// <param name="Outcome">What came of it; null if that is open, and it is tried again.</param>
/// <param name="Error">Why that is open.</param>
public sealed record ScheduleFiring(Schedule Schedule, DateTimeOffset Scheduled, string RunId, StartOutcome? Outcome, string? Error = null);
