namespace ServerlessHub.Orchestrations.Runs;

/// <summary>The promise that a document's <c>sla</c> gives: that its runs have ended so long after the time for which they were scheduled.</summary>
public static class Sla
{
    /// <summary>The most runs that a prediction goes by.</summary>
    public const int Samples = 30;

    private const int Fewest = 5;
    private const double Quantile = 0.9;

    /// <summary>When a run is to have ended; null where nothing is promised.</summary>
    /// <param name="sla">The promise.</param>
    /// <param name="scheduled">The time for which a schedule wanted the run; null where none did.</param>
    /// <param name="started">When the run was started, or accepted.</param>
    public static DateTimeOffset? Due(TimeSpan? sla, DateTimeOffset? scheduled, DateTimeOffset started) => (scheduled ?? started) + sla;

    /// <summary>Whether a run keeps the promise; null where none is given, or where it was never admitted.</summary>
    /// <param name="run">The run; its <see cref="JobRun.Due"/> says what is promised.</param>
    /// <param name="now">The time.</param>
    public static SlaStatus? StatusOf(JobRun run, DateTimeOffset now) =>
        run.Due is not { } due || run.Status == JobStatus.Skipped ? null
        : run.Status is JobStatus.Completed or JobStatus.CompletedWithErrors ? (run.Ended <= due ? SlaStatus.Met : SlaStatus.Missed)
        // One that failed in time may still be rerun in time, but this run has not kept the promise.
        : run.HasEnded || now > due ? SlaStatus.Missed
        : SlaStatus.Open;

    /// <summary>
    /// When a run that goes on will have ended, if it takes as long as nine in ten of the last successful ones did: node by node along what they
    /// wait for, where the history knows every node that is still to end, otherwise as a whole. Null where too little is known.
    /// </summary>
    /// <param name="run">The run, with the nodes that have begun.</param>
    /// <param name="dependsOn">All nodes of the job, each with those it waits for.</param>
    /// <param name="history">How long the last successful runs took.</param>
    /// <param name="now">The time.</param>
    public static DateTimeOffset? PredictEnd(
        JobRun run,
        IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn,
        RunDurations history,
        DateTimeOffset now
    )
    {
        if (run.HasEnded)
            return run.Ended;
        var whole = Typical(history.Job) is { } seconds ? Later((run.Started ?? now).AddSeconds(seconds), now) : (DateTimeOffset?)null;
        var ends = new Dictionary<string, DateTimeOffset?>();
        var begun = run.Nodes.ToDictionary(n => n.Node);
        var last = (DateTimeOffset?)now;
        foreach (var node in dependsOn.Keys)
            last = Later(last, End(node));
        return dependsOn.Count > 0 ? last ?? whole : whole;

        DateTimeOffset? End(string node)
        {
            if (ends.TryGetValue(node, out var known))
                return known;
            return ends[node] = Unknown(node);
        }

        DateTimeOffset? Unknown(string node)
        {
            var state = begun.GetValueOrDefault(node);
            if (state?.HasEnded == true)
                return state.Ended ?? now;
            if (Typical(history.Nodes.GetValueOrDefault(node, [])) is not { } typical)
                return null;
            return state?.Started is { } started
                ? Later(started.AddSeconds(typical), now)
                : dependsOn[node].Aggregate((DateTimeOffset?)now, (start, before) => Later(start, End(before)))?.AddSeconds(typical);
        }
    }

    /// <summary>Whether a run will miss its promise at this rate, and has not missed it yet.</summary>
    /// <inheritdoc cref="PredictEnd"/>
    public static bool WillMiss(
        JobRun run,
        IReadOnlyDictionary<string, IReadOnlyList<string>> dependsOn,
        RunDurations history,
        DateTimeOffset now
    ) => StatusOf(run, now) == SlaStatus.Open && PredictEnd(run, dependsOn, history, now) > run.Due;

    /// <summary>The duration that nine in ten of the last ones did not exceed, in seconds; null for fewer than five.</summary>
    /// <param name="seconds">Durations, the newest first.</param>
    public static double? Typical(IReadOnlyList<double> seconds)
    {
        double[] sorted = [.. seconds.Take(Samples).Order()];
        return sorted.Length < Fewest ? null : sorted[(int)Math.Ceiling(Quantile * sorted.Length) - 1];
    }

    /// <summary>The later of two times; null if one of them is not known.</summary>
    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other is null ? null
        : one > other ? one
        : other;
}

/// <summary>How long the last successful runs of a job took, in seconds, the newest first.</summary>
/// <param name="Job">The job as a whole.</param>
/// <param name="Nodes">Each of its nodes.</param>
public sealed record RunDurations(IReadOnlyList<double> Job, IReadOnlyDictionary<string, IReadOnlyList<double>> Nodes);
