using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Planning;

/// <summary>What a stream reads and writes, as far as it is known before events come.</summary>
/// <param name="Address">Whose it is, and its id.</param>
/// <param name="Document">What it says.</param>
/// <param name="Tables">The tables it writes, each after the one it is made of.</param>
/// <param name="Drivers">The tables of the drivers by their ids: what a driver reads, and its summary.</param>
public sealed record StreamPlan(
    DocumentAddress Address,
    StreamDocument Document,
    IReadOnlyList<PlannedTable> Tables,
    IReadOnlyDictionary<string, PlannedTable> Drivers
);
