namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>What an instance is told to do; it does one after the other.</summary>
/// <param name="Answer">Who waits for whether it was done; told when that is on disk.</param>
internal abstract record Message(TaskCompletionSource<bool>? Answer = null);

/// <summary>To begin.</summary>
internal sealed record BeginMessage(Started Started, TaskCompletionSource<bool>? Answer = null) : Message(Answer);

/// <summary>Something has come for the orchestrator.</summary>
/// <param name="Happened">What.</param>
/// <param name="Generation">Which generation it answers; null for any.</param>
/// <param name="Answer">Who waits.</param>
internal sealed record EventMessage(HistoryEvent Happened, int? Generation = null, TaskCompletionSource<bool>? Answer = null)
    : Message(Answer);

/// <summary>To end at once.</summary>
internal sealed record TerminateMessage(string Reason, TaskCompletionSource<bool>? Answer = null) : Message(Answer);

/// <summary>To be forgotten, if it has ended.</summary>
internal sealed record PurgeMessage(TaskCompletionSource<bool>? Answer = null) : Message(Answer);

/// <summary>To go on after a start of the process: what it has called is called again.</summary>
internal sealed record ResumeMessage() : Message;

/// <summary>To go on with what it was not given yet.</summary>
internal sealed record ContinueMessage() : Message;

/// <summary>To write its history anew at the journal's head, if it reaches back to a segment.</summary>
internal sealed record MoveMessage(int Segment, TaskCompletionSource<bool> Done) : Message(Done);

/// <summary>The orchestrator awaits something foreign.</summary>
internal sealed record ViolationMessage(Orchestration Run) : Message;
