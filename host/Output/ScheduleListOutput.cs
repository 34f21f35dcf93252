using System.Text.Json;
using ServerlessHub.Orchestrations.Starting;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub schedules list --json</c> prints.</summary>
/// <param name="Schedules">The schedules.</param>
internal sealed record ScheduleListOutput(IReadOnlyList<ScheduleEntry> Schedules);

/// <summary>When a document runs, and how that stands.</summary>
/// <param name="Kind"><c>pipeline</c> or <c>job</c>.</param>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Id">The id.</param>
/// <param name="Cron">The cron expression.</param>
/// <param name="TimeZone">The zone on whose clock it fires.</param>
/// <param name="Missed">What becomes of the times that passed while nothing could run: <c>all</c>, <c>last</c> or <c>none</c>.</param>
/// <param name="Paused">By whom, why and since when it starts nothing; absent if it is not paused.</param>
/// <param name="LastFired">The time that it fired for last; absent if it never did.</param>
/// <param name="Next">Its next times; those that pass while it is paused are missed.</param>
/// <param name="Note">What there is to know: times that were missed, a clock that was set back.</param>
internal sealed record ScheduleEntry(
    string Kind,
    string App,
    string Layer,
    string Id,
    string Cron,
    string TimeZone,
    string Missed,
    Pause? Paused,
    DateTimeOffset? LastFired,
    IReadOnlyList<ScheduledTime> Next,
    string? Note
)
{
    public static ScheduleEntry Of(ScheduleView view) =>
        new(
            JsonNamingPolicy.CamelCase.ConvertName(view.Schedule.Kind.ToString()),
            view.Schedule.Document.App,
            view.Schedule.Document.Layer,
            view.Schedule.Document.Id,
            view.Schedule.Cron.Text,
            view.Schedule.TimeZone,
            JsonNamingPolicy.CamelCase.ConvertName(view.Schedule.Missed.ToString()),
            view.Paused,
            view.LastFired,
            view.Next,
            view.Note
        );
}
