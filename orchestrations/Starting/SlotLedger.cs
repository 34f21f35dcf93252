using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>A run that has a place, or waits for one.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Lane">Its lane: all fresh runs go before a backfill, which leaves one place free where there are two or more.</param>
/// <param name="Since">Since when.</param>
/// <param name="IsTold">Whether the run knows that it has a place.</param>
/// <param name="IsCancelled">Whether it is to end, since a newer one has come.</param>
public sealed record SlotEntry(string RunId, RunLane Lane, DateTimeOffset Since, bool IsTold = false, bool IsCancelled = false);

/// <summary>The places of a document: who has one, and who waits, in the order in which they came. It changes by these members only, which look at nothing else.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Document">The document.</param>
/// <param name="Limit">How many places there are; null for any number.</param>
/// <param name="Running">Who has a place.</param>
/// <param name="Waiting">Who waits.</param>
public sealed record SlotLedger(
    DocumentKind Kind,
    DocumentAddress Document,
    int? Limit,
    IReadOnlyList<SlotEntry> Running,
    IReadOnlyList<SlotEntry> Waiting
)
{
    /// <summary>The ledger with a run that has come and has a place, waits, or, if it is skipped, is not in it; as it was if the run is in it already.</summary>
    internal SlotLedger Enter(string runId, RunLane lane, WhenBusy whenBusy, DateTimeOffset now)
    {
        if (Find(runId) is not null)
            return this;
        var entry = new SlotEntry(runId, lane, now);
        var waits = this with { Waiting = [.. Waiting, entry] };
        var filled = waits.Fill(now);
        if (filled.Running.Any(placed => placed.RunId == runId))
            return filled;
        return whenBusy switch
        {
            WhenBusy.Skip => this,
            WhenBusy.CancelOlder when lane == RunLane.Fresh => CancelOlder(entry),
            _ => waits,
        };
    }

    /// <summary>The ledger without runs.</summary>
    internal SlotLedger Without(IReadOnlyCollection<string> runIds) =>
        this with
        {
            Running = [.. Running.Where(entry => !runIds.Contains(entry.RunId))],
            Waiting = [.. Waiting.Where(entry => !runIds.Contains(entry.RunId))],
        };

    /// <summary>The ledger in which whoever can have a place has one.</summary>
    internal SlotLedger Fill(DateTimeOffset now)
    {
        var ledger = this;
        foreach (var entry in Waiting.Where(entry => !entry.IsCancelled).OrderBy(entry => entry.Lane))
            if (ledger.HasPlaceFor(entry.Lane))
                ledger = ledger with
                {
                    Running = [.. ledger.Running, entry with { Since = now }],
                    Waiting = [.. ledger.Waiting.Where(other => other != entry)],
                };
        return ledger;
    }

    /// <summary>The ledger in which these runs know that they have a place.</summary>
    internal SlotLedger Told(IReadOnlyCollection<string> runIds) =>
        this with
        {
            Running = [.. Running.Select(entry => runIds.Contains(entry.RunId) ? entry with { IsTold = true } : entry)],
        };

    /// <summary>The entry of a run; null if it is not in it.</summary>
    internal SlotEntry? Find(string runId) => Running.Concat(Waiting).FirstOrDefault(entry => entry.RunId == runId);

    private bool HasPlaceFor(RunLane lane) =>
        Limit is not { } limit
        || (
            Running.Count < limit
            && (
                lane == RunLane.Fresh
                || (
                    Waiting.All(entry => entry.Lane == RunLane.Backfill || entry.IsCancelled)
                    && Running.Count(entry => entry.Lane == RunLane.Backfill) < Math.Max(1, limit - 1)
                )
            )
        );

    /// <summary>The ledger in which a run waits, and of the other fresh ones only the newest stay that leave a place for it.</summary>
    private SlotLedger CancelOlder(SlotEntry newest)
    {
        var fresh = Running.Concat(Waiting).Where(entry => entry.Lane == RunLane.Fresh && !entry.IsCancelled).ToArray();
        var older = fresh.Take(fresh.Length - (Limit!.Value - 1)).Select(entry => entry.RunId).ToHashSet();
        return this with { Running = [.. Running.Select(Cancel)], Waiting = [.. Waiting.Select(Cancel), newest] };

        SlotEntry Cancel(SlotEntry entry) => older.Contains(entry.RunId) ? entry with { IsCancelled = true } : entry;
    }
}
