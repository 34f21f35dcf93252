using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServerlessHub.Lake;

/// <summary>What is measured and traced of tables. Instruments carry the names that dashboards know, whatever exports them.</summary>
internal static class LakeTelemetry
{
    private const string Name = "ServerlessHub.Lake";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Commits = Meter.CreateCounter<long>(
        "lake_commits_total",
        description: "Commits of tables that ended, by table and result: committed, already_committed, conflicted, failed"
    );

    private static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "lake_commit_conflicts_total",
        description: "Commits that another writer's commit was in the way of, by table"
    );

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "lake_commit_retries_total",
        description: "Commits tried again, by table and cause: version_taken where another writer was faster, conflict where the write was staged anew"
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "lake_commit_duration_seconds",
        unit: "s",
        description: "How long commits took from the turn of the table to the log's entry, by result",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] }
    );

    /// <summary>The spans of tables.</summary>
    public static readonly ActivitySource Source = new(Name);

    /// <summary>Counts the end of a commit.</summary>
    /// <param name="table">The table's folder.</param>
    /// <param name="result">How it ended; null for an exception.</param>
    /// <param name="took">How long it took.</param>
    public static void Committed(string table, CommitResult? result, TimeSpan took)
    {
        var word = new KeyValuePair<string, object?>("result", WordOf(result));
        Commits.Add(1, TableTag(table), word);
        Duration.Record(took.TotalSeconds, word);
        if (result is CommitResult.Conflicted)
            Conflicts.Add(1, TableTag(table));
        Activity.Current?.SetTag("hub.commit.result", word.Value);
    }

    /// <summary>Counts that another writer took the version.</summary>
    public static void LostVersion(string table) => Retries.Add(1, TableTag(table), new("cause", "version_taken"));

    /// <summary>Counts that a write is staged anew after a conflict.</summary>
    public static void StagedAnew(string table) => Retries.Add(1, TableTag(table), new("cause", "conflict"));

    private static KeyValuePair<string, object?> TableTag(string table) => new("table", table);

    private static string WordOf(CommitResult? result) =>
        result switch
        {
            CommitResult.Committed => "committed",
            CommitResult.AlreadyCommitted => "already_committed",
            CommitResult.Conflicted => "conflicted",
            _ => "failed",
        };
}
