using ServerlessHub.Engine;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Which runs of the history are meant: those to which all applies that is not null.</summary>
public sealed record RunFilter
{
    /// <summary>The application.</summary>
    public string? App { get; init; }

    /// <summary>The id of the job or pipeline.</summary>
    public string? Job { get; init; }

    /// <summary>Where they stand: one of these.</summary>
    public IReadOnlyCollection<JobStatus>? Statuses { get; init; }

    /// <summary>What started them.</summary>
    public TriggerKind? Trigger { get; init; }

    /// <summary>They were accepted at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>They were accepted before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A text in what failed, in any case.</summary>
    public string? ErrorText { get; init; }

    /// <summary>The fingerprint of what failed.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The backfill they belong to.</summary>
    public string? BackfillId { get; init; }

    /// <summary>The job's run that they are a part of.</summary>
    public string? ParentRunId { get; init; }

    /// <summary>Whether it applies to a run.</summary>
    public bool Applies(JobRun run) =>
        (App ?? run.App) == run.App
        && (Job ?? run.Job) == run.Job
        && Statuses?.Contains(run.Status) != false
        && (Trigger ?? run.Trigger.Kind) == run.Trigger.Kind
        && !(run.Queued < From)
        && !(run.Queued >= Until)
        && (ErrorText is null || run.Error?.Message.Contains(ErrorText, StringComparison.OrdinalIgnoreCase) == true)
        && (Fingerprint is null || run.Error?.Fingerprint == Fingerprint)
        && (BackfillId is null || run.BackfillId == BackfillId)
        && (ParentRunId is null || run.ParentRunId == ParentRunId);

    /// <summary>The same as a condition on <c>ops.job_runs</c>.</summary>
    internal IEnumerable<string> Conditions()
    {
        if (App is not null)
            yield return $"app = {Sql.Literal(App)}";
        if (Job is not null)
            yield return $"job = {Sql.Literal(Job)}";
        if (Statuses is not null)
            yield return $"status IN ({string.Join(", ", Statuses.Select(s => Sql.Literal(HistoryTable.Name<JobStatus>(s)!)).DefaultIfEmpty("NULL"))})";
        if (Trigger is not null)
            yield return $"trigger = {Sql.Literal(HistoryTable.Name(Trigger)!)}";
        if (From is { } from)
            yield return $"queued >= {Sql.Literal((object)from)}";
        if (Until is { } until)
            yield return $"queued < {Sql.Literal((object)until)}";
        if (ErrorText is not null)
            yield return $"contains(lower(error), lower({Sql.Literal(ErrorText)}))";
        if (Fingerprint is not null)
            yield return $"fingerprint = {Sql.Literal(Fingerprint)}";
        if (BackfillId is not null)
            yield return $"backfill_id = {Sql.Literal(BackfillId)}";
        if (ParentRunId is not null)
            yield return $"parent_run_id = {Sql.Literal(ParentRunId)}";
    }
}
