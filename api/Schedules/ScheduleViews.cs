using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Schedules;

/// <summary>How the schedules of documents stand.</summary>
internal sealed class ScheduleViews(HubWatch watch)
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<ScheduleOutput> All() => [.. watch.Schedules.List(watch.Documents.Schedules()).Select(ScheduleOutput.Of)];

    /// <summary>What a document says of when it runs; null where it says nothing, or is not valid.</summary>
    public Schedule? Find(HubDocument document) =>
        watch.Documents.Schedules().FirstOrDefault(s => s.Kind == document.Kind && s.Document == document.Address);

    /// <summary>How the schedule of a document stands; null where it has none.</summary>
    public ScheduleOutput? Of(HubDocument document) =>
        Find(document) is { } schedule ? ScheduleOutput.Of(watch.Schedules.List([schedule])[0]) : null;
}
