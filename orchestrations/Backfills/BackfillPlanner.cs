using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Backfills;

/// <summary>Finds the dates of a backfill, by what the history says of earlier runs.</summary>
internal sealed class BackfillPlanner(RunHistory history)
{
    /// <summary>The most dates a backfill may have: some 27 years.</summary>
    public const int MostDates = 10_000;

    /// <summary>The dates, in the order in which they run.</summary>
    /// <exception cref="RunException">The range is none, or too long.</exception>
    public IReadOnlyList<DateOnly> Dates(BackfillWish wish, CancellationToken ct)
    {
        var count = wish.To.DayNumber - wish.From.DayNumber + 1;
        if (count < 1)
            throw new RunException($"{wish.From:yyyy-MM-dd} is after {wish.To:yyyy-MM-dd}", "give the first date, then the last");
        if (count > MostDates)
            throw new RunException($"a backfill has at most {MostDates} dates, and this one has {count}", "make several of it");
        var range = Enumerable.Range(0, count).Select(wish.From.AddDays);
        if (wish.Scope != BackfillScope.All)
        {
            var last = LastRuns(wish, ct);
            range = range.Where(date => Wanted(wish.Scope, last.GetValueOrDefault(date)));
        }
        return wish.NewestFirst ? [.. range.Reverse()] : [.. range];
    }

    private static bool Wanted(BackfillScope scope, (bool HasSucceeded, bool HasFailedLast) of) =>
        scope == BackfillScope.Missing ? !of.HasSucceeded : of.HasFailedLast;

    /// <summary>Of each date, whether a run has succeeded, and whether the last one failed.</summary>
    private Dictionary<DateOnly, (bool HasSucceeded, bool HasFailedLast)> LastRuns(BackfillWish wish, CancellationToken ct)
    {
        var dates = new Dictionary<DateOnly, (bool HasSucceeded, bool HasFailedLast)>();
        var filter = new RunFilter { App = wish.Document.App, Job = wish.Document.Id };
        for (string? cursor = null; ; )
        {
            var page = history.Page(filter, cursor, RunHistory.LargestPage, ct);
            foreach (var run in page.Runs.Where(r => r.Layer == wish.Document.Layer && r is { HasEnded: true, BusinessDate: not null }))
            {
                var hasSucceeded = run.Status is JobStatus.Completed or JobStatus.CompletedWithErrors;
                // The newest run of a date comes first.
                if (dates.TryGetValue(run.BusinessDate!.Value, out var known))
                    dates[run.BusinessDate.Value] = known with { HasSucceeded = known.HasSucceeded || hasSucceeded };
                else if (run.Status != JobStatus.Skipped)
                    dates[run.BusinessDate.Value] = (hasSucceeded, !hasSucceeded);
            }
            if (page.Next is not { } next)
                return dates;
            cursor = next;
        }
    }
}
