using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>The schedules of a hub root, as a command looks at them and holds them: what is known of them is in the storage, so it needs no server.</summary>
internal static class HubSchedules
{
    /// <summary>All of them, each with its next times.</summary>
    public static IReadOnlyList<ScheduleEntry> All(HubRoot root, int count) =>
        [.. Open(root).List(new DocumentStarts(root).Schedules(), count).Select(ScheduleEntry.Of)];

    /// <summary>That of a document.</summary>
    /// <exception cref="CommandException">It has none.</exception>
    public static Schedule Of(HubRoot root, HubDocument document) =>
        new DocumentStarts(root).Schedules().FirstOrDefault(s => s.Kind == document.Kind && s.Document == document.Address)
        ?? throw CommandException.NotFound(
            $"'{document.Address}' has no schedule, or is not valid",
            "'hub schedules list' shows those that have one"
        );

    /// <summary>What pauses and resumes them.</summary>
    public static Schedules Open(HubRoot root) =>
        new(root.Storage, (_, _) => throw new InvalidOperationException("A command fires no schedule."));
}
