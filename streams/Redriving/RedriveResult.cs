namespace ServerlessHub.Streams.Redriving;

/// <summary>What came of redriving dead letters.</summary>
/// <param name="Letters">How many were taken through the stream.</param>
/// <param name="Redriven">How many of them are dead letters no more.</param>
/// <param name="Dead">Why the others still are, the most frequent reason first.</param>
public sealed record RedriveResult(long Letters, long Redriven, IReadOnlyList<DeadReason> Dead);

/// <summary>A reason for which events are dead letters.</summary>
/// <param name="Phase">The phase that could not take them.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Letters">How many there are.</param>
public sealed record DeadReason(string Phase, string Reason, long Letters);
