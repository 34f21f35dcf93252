using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>What a backfill's orchestration is given.</summary>
/// <param name="BackfillId">Its id; its document says all else.</param>
/// <param name="Next">The index of the first date that has not been started.</param>
/// <param name="IsPaused">Whether it waits to be resumed.</param>
public sealed record BackfillInput(string BackfillId, int Next = 0, bool IsPaused = false);

/// <summary>What a backfill is to do.</summary>
/// <param name="Dates">The dates, in the order in which they run.</param>
/// <param name="MaxParallel">How many runs go on at a time.</param>
public sealed record BackfillPlan(IReadOnlyList<DateOnly> Dates, int MaxParallel);

/// <summary>Names one date of a backfill.</summary>
/// <param name="BackfillId">The backfill.</param>
/// <param name="Date">The date.</param>
public sealed record BackfillDate(string BackfillId, DateOnly Date);

/// <summary>The run of a date, ready to be started.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="Error">Why there is none; null where there is.</param>
public sealed record BackfillStart(string? RunId, string? Error);

/// <summary>How the run of a date ended.</summary>
/// <param name="Date">The date.</param>
/// <param name="Status">How; null where it could not be started.</param>
/// <param name="Error">Why it could not; null where it could.</param>
public sealed record BackfillDateEnd(BackfillDate Date, JobStatus? Status, string? Error);
