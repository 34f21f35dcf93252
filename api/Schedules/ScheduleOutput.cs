using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Schedules;

/// <summary>The schedules of the hub.</summary>
/// <param name="Schedules">The schedules, those of pipelines first.</param>
public sealed record ScheduleListOutput(IReadOnlyList<ScheduleOutput> Schedules);

/// <summary>When a document runs, and how that stands.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Id">The id.</param>
/// <param name="Cron">The cron expression.</param>
/// <param name="TimeZone">The zone on whose clock it fires.</param>
/// <param name="Missed">What becomes of the times that passed while nothing could run.</param>
/// <param name="Paused">By whom, why and since when it starts nothing; absent if it is not paused.</param>
/// <param name="LastFired">The time that it fired for last; absent if it never did.</param>
/// <param name="Next">Its next ten times; those that pass while it is paused are missed.</param>
/// <param name="Note">What there is to know: times that were missed, a clock that was set back.</param>
public sealed record ScheduleOutput(
    DocumentKind Kind,
    string App,
    string Layer,
    string Id,
    string Cron,
    string TimeZone,
    MissedTimes Missed,
    Pause? Paused,
    DateTimeOffset? LastFired,
    IReadOnlyList<ScheduledTime> Next,
    string? Note
)
{
    internal static ScheduleOutput Of(ScheduleView view) =>
        new(
            view.Schedule.Kind,
            view.Schedule.Document.App,
            view.Schedule.Document.Layer,
            view.Schedule.Document.Id,
            view.Schedule.Cron.Text,
            view.Schedule.TimeZone,
            view.Schedule.Missed,
            view.Paused,
            view.LastFired,
            view.Next,
            view.Note
        );
}

/// <summary>Why a schedule is paused.</summary>
/// <param name="Reason">Why; whoever looks at the schedules reads it.</param>
public sealed record PauseInput(string? Reason = null);
