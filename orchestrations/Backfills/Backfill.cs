using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Backfills;

/// <summary>Which dates of a range are run.</summary>
public enum BackfillScope
{
    /// <summary>Those for which no run has succeeded.</summary>
    Missing,

    /// <summary>Those whose last run has failed.</summary>
    Failed,

    /// <summary>All of them.</summary>
    All,
}

/// <summary>Where a backfill stands.</summary>
public enum BackfillStatus
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>It starts nothing until it is resumed.</summary>
    Paused,

    /// <summary>The run of every date has succeeded.</summary>
    Completed,

    /// <summary>All dates have run, and some failed.</summary>
    CompletedWithErrors,

    /// <summary>It was ended.</summary>
    Cancelled,
}

/// <summary>The runs of a job or pipeline for a range of dates, as one thing: planned, followed, paused and resumed as a whole, in a lane of its own.</summary>
public sealed record Backfill
{
    /// <summary>Its id, which is also the id of its durable instance.</summary>
    public required string Id { get; init; }

    /// <summary>What the document is.</summary>
    public required DocumentKind Kind { get; init; }

    /// <summary>The document.</summary>
    public required DocumentAddress Document { get; init; }

    /// <summary>The first date of the range.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The last date of the range.</summary>
    public required DateOnly To { get; init; }

    /// <summary>Which of them are run.</summary>
    public required BackfillScope Scope { get; init; }

    /// <summary>How many runs go on at a time; at least 1.</summary>
    public required int MaxParallel { get; init; }

    /// <summary>Parameters of all its runs beside <c>runDate</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Who wanted it.</summary>
    public required string By { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Where it stands.</summary>
    public BackfillStatus Status { get; init; }

    /// <summary>Its dates, in the order in which they run.</summary>
    public IReadOnlyList<BackfillDay> Days { get; init; } = [];

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Status is not (BackfillStatus.Running or BackfillStatus.Paused);
}

/// <summary>A date of a backfill.</summary>
/// <param name="Date">The date.</param>
/// <param name="RunId">The id of its run.</param>
/// <param name="Status">Where that stands; null before it is started.</param>
/// <param name="Error">Why it could not be started, or failed; null for nothing.</param>
public sealed record BackfillDay(DateOnly Date, string RunId, JobStatus? Status, string? Error);

/// <summary>A wish for a backfill.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Document">The document.</param>
/// <param name="From">The first date.</param>
/// <param name="To">The last date.</param>
public sealed record BackfillWish(DocumentKind Kind, DocumentAddress Document, DateOnly From, DateOnly To)
{
    /// <summary>Which dates are run.</summary>
    public BackfillScope Scope { get; init; }

    /// <summary>Whether the newest date runs first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>How many runs go on at a time.</summary>
    public int MaxParallel { get; init; } = 1;

    /// <summary>Parameters of all its runs beside <c>runDate</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}
