namespace ServerlessHub.Orchestrations.Runs;

/// <summary>What started a run, and who.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="By">Who asked for it: a user, a schedule, another run.</param>
/// <param name="Detail">What it was in particular: the file that came, the table's version, the cron expression. Null where there is nothing to say.</param>
/// <param name="Scheduled">The time for which a schedule wanted it; null where no schedule did.</param>
/// <param name="IdempotencyKey">By what the caller knows the request again; null where it gave none.</param>
public sealed record RunTrigger(
    TriggerKind Kind,
    string By,
    string? Detail = null,
    DateTimeOffset? Scheduled = null,
    string? IdempotencyKey = null
);

/// <summary>What can start a run.</summary>
public enum TriggerKind
{
    /// <summary>A request to the API.</summary>
    Http,

    /// <summary>The command line.</summary>
    Cli,

    /// <summary>A schedule.</summary>
    Schedule,

    /// <summary>A file that came.</summary>
    File,

    /// <summary>A table that changed.</summary>
    Table,

    /// <summary>An event of another system.</summary>
    Event,

    /// <summary>A backfill.</summary>
    Backfill,

    /// <summary>A person who wants an earlier run done again.</summary>
    Rerun,

    /// <summary>Another job, which this one is a part of.</summary>
    Job,
}
