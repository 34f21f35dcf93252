using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>What came of a turn.</summary>
/// <param name="Decisions">What was decided.</param>
/// <param name="CustomStatus">The custom status that was set, as JSON.</param>
/// <param name="Ending">How the orchestrator has ended; null while it has not.</param>
internal sealed record TurnResult(IReadOnlyList<Decision> Decisions, ReadOnlyMemory<byte>? CustomStatus, TurnEnding? Ending);

/// <summary>How an orchestrator has ended.</summary>
/// <param name="Output">Its result, or its new input.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Kept">If it continues as new: what it is given besides its input.</param>
internal sealed record TurnEnding(ReadOnlyMemory<byte> Output, TaskFailure? Failure, IReadOnlyList<HistoryEvent>? Kept)
{
    public static TurnEnding Completed(ReadOnlyMemory<byte> output) => new(output, null, null);

    public static TurnEnding Failed(TaskFailure failure) => new(default, failure, null);

    public static TurnEnding Anew(ReadOnlyMemory<byte> input, IReadOnlyList<HistoryEvent> kept) => new(input, null, kept);
}
