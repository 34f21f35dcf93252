using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>What a backfill's orchestration is given.</summary>
/// <param name="BackfillId">Its id; its document says all else.</param>
/// <param name="Next">The index of the first date that was not started before.</param>
/// <param name="IsPaused">Whether it waits to be resumed.</param>
public sealed record BackfillInput(string BackfillId, int Next = 0, bool IsPaused = false);

/// <summary>How large a backfill is.</summary>
/// <param name="Dates">How many dates it has.</param>
/// <param name="MaxParallel">How many runs go on at a time.</param>
public sealed record BackfillSize(int Dates, int MaxParallel);

/// <summary>Names one date of a backfill.</summary>
/// <param name="BackfillId">The backfill.</param>
/// <param name="Index">The date's place among its dates, from 0.</param>
public sealed record BackfillDate(string BackfillId, int Index);

/// <summary>How the run of a date ended.</summary>
/// <param name="Date">The date.</param>
/// <param name="Status">How; null where its orchestration itself failed.</param>
public sealed record BackfillDateEnd(BackfillDate Date, JobStatus? Status);

/// <summary>A change of where a backfill stands.</summary>
/// <param name="BackfillId">The backfill.</param>
/// <param name="Event">What happened, of <see cref="BackfillEvents"/>; null for its end.</param>
public sealed record BackfillChange(string BackfillId, string? Event);

/// <summary>The events that a backfill's orchestration waits for: one event, whose data says what.</summary>
public static class BackfillEvents
{
    /// <summary>The event's name.</summary>
    public const string Name = "backfill";

    /// <summary>It starts no more dates for now.</summary>
    public const string Pause = "pause";

    /// <summary>It goes on.</summary>
    public const string Resume = "resume";

    /// <summary>It ends.</summary>
    public const string Cancel = "cancel";
}
