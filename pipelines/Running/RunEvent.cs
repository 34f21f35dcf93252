namespace ServerlessHub.Pipelines.Running;

/// <summary>Something that happens in a run, for whoever watches it.</summary>
public abstract record RunEvent;

/// <summary>A stage begins.</summary>
/// <param name="Number">Which of them, from 1.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Text">What it does: <c>compute customer_csv@2</c>, <c>write staging.customer</c>.</param>
public sealed record StageStarted(int Number, int Count, string Text) : RunEvent;

/// <summary>How far the current stage is.</summary>
/// <param name="Percent">0 to 100, as the engine estimates it; null while it does not know.</param>
public sealed record StageProgress(double? Percent) : RunEvent;

/// <summary>A target is committed.</summary>
/// <param name="Target">What was written.</param>
public sealed record TargetCommitted(TargetReport Target) : RunEvent;
