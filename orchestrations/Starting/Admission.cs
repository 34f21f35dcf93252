using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>What a run is told that wants a place.</summary>
public enum AdmissionAnswer
{
    /// <summary>It has one.</summary>
    Admitted,

    /// <summary>It waits, and is told by <see cref="IGatedRuns.Admit"/>.</summary>
    Queued,

    /// <summary>There is none, and it does not wait.</summary>
    Skipped,

    /// <summary>The backfill that it is a part of was cancelled before it began.</summary>
    Cancelled,
}

/// <summary>
/// Lets so many runs of a document go on at a time. Who has a place and who waits is a document under <c>data/ops/admission</c>, written before anybody is
/// told, so each step may be done again, by any process. <see cref="Sweep"/> makes up for runs that ended, or never began, without a word.
/// </summary>
public sealed class Admission
{
    private const string Folder = "data/ops/admission";

    /// <summary>How long a run may be in a ledger before there is an instance of it.</summary>
    public static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(10);

    private readonly ILakeStorage storage;
    private readonly IGatedRuns runs;
    private readonly TimeProvider time;

    /// <summary>Looks after the places of a hub's documents.</summary>
    /// <param name="storage">The hub root's.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public Admission(ILakeStorage storage, IGatedRuns runs, TimeProvider? time = null) =>
        (this.storage, this.runs, this.time) = (storage, runs, time ?? TimeProvider.System);

    /// <summary>Asks for a place. Asked again, a run that has one or waits is told so.</summary>
    /// <param name="kind">What the document is.</param>
    /// <param name="document">The document.</param>
    /// <param name="runId">The run.</param>
    /// <param name="limit">How many places the document has now; null for any number.</param>
    /// <param name="whenBusy">What becomes of the run if there is none.</param>
    /// <param name="lane">Its lane.</param>
    /// <param name="ct">Ends it; what came of it is open then.</param>
    /// <exception cref="IOException">The storage fails; what came of it is open, and asking again tells.</exception>
    public async Task<AdmissionAnswer> Enter(
        DocumentKind kind,
        DocumentAddress document,
        string runId,
        int? limit,
        WhenBusy whenBusy,
        RunLane lane = RunLane.Fresh,
        CancellationToken ct = default
    )
    {
        var path = PathOf(kind, document);
        if (limit is null && storage.Find(path) is null)
            return AdmissionAnswer.Admitted;
        var now = time.GetUtcNow();
        var ledger = await new StateDocument<SlotLedger>(storage, path).Update(
            before =>
            {
                var then = before is null ? new SlotLedger(kind, document, limit, [], []) : before with { Limit = limit };
                var after = then.Fill(now).Enter(runId, lane, whenBusy, now).Told([runId]);
                return before is not null && Same(before, after) ? before : after;
            },
            ct
        );
        await Tell(path, ledger!, ct);
        return ledger!.Running.Any(entry => entry.RunId == runId) ? AdmissionAnswer.Admitted
            : ledger.Find(runId) is not null ? AdmissionAnswer.Queued
            : AdmissionAnswer.Skipped;
    }

    /// <summary>Gives a place back, or waits no longer; the next runs get theirs. A run that has none is no error.</summary>
    /// <exception cref="IOException">The storage fails; doing it again does no harm, and <see cref="Sweep"/> does it as well.</exception>
    public Task Release(DocumentKind kind, DocumentAddress document, string runId, CancellationToken ct = default) =>
        Remove(PathOf(kind, document), [runId], ct);

    /// <summary>
    /// Takes out of all ledgers the runs that have ended, and those that were to begin long ago and have not; gives their places to others, and tells
    /// again whoever may not have been told. To be called when a host starts, and every few minutes.
    /// </summary>
    /// <returns>The runs that were taken out.</returns>
    public async Task<IReadOnlyList<string>> Sweep(CancellationToken ct = default)
    {
        var removed = new List<string>();
        foreach (var path in Paths())
        {
            if (new StateDocument<SlotLedger>(storage, path).Read() is not { } ledger)
                continue;
            var gone = new List<string>();
            foreach (var entry in ledger.Running.Concat(ledger.Waiting))
                if (await runs.Find(entry.RunId, ct) is var presence && IsGone(entry, presence))
                    gone.Add(entry.RunId);
            await Remove(path, gone, ct);
            removed.AddRange(gone);
        }
        return removed;
    }

    /// <summary>Who has a place and who waits, of each document that has a limit.</summary>
    /// <exception cref="RunException">A document is damaged.</exception>
    public IReadOnlyList<SlotLedger> Ledgers() =>
        [.. Paths().Select(path => new StateDocument<SlotLedger>(storage, path).Read()).OfType<SlotLedger>()];

    private bool IsGone(SlotEntry entry, RunPresence presence) =>
        presence == RunPresence.Ended || (presence == RunPresence.Unknown && time.GetUtcNow() - entry.Since > LongestStart);

    private async Task Remove(string path, IReadOnlyCollection<string> runIds, CancellationToken ct)
    {
        if (storage.Find(path) is null)
            return;
        var ledger = await new StateDocument<SlotLedger>(storage, path).Update(
            before =>
                before is null ? null
                : before.Without(runIds).Fill(time.GetUtcNow()) is var after && Same(before, after) ? before
                : after,
            ct
        );
        if (ledger is not null)
            await Tell(path, ledger, ct);
    }

    /// <summary>Tells the runs what the ledger says, then notes that those who have a place know.</summary>
    private async Task Tell(string path, SlotLedger ledger, CancellationToken ct)
    {
        foreach (var cancelled in ledger.Running.Concat(ledger.Waiting).Where(entry => entry.IsCancelled))
            await runs.Cancel(cancelled.RunId, ct);
        var admitted = ledger.Running.Where(entry => !entry.IsTold && !entry.IsCancelled).Select(entry => entry.RunId).ToArray();
        if (admitted.Length == 0)
            return;
        foreach (var runId in admitted)
            await runs.Admit(runId, ct);
        await new StateDocument<SlotLedger>(storage, path).Update(before => before?.Told(admitted), ct);
    }

    private IEnumerable<string> Paths() =>
        storage.ListBelow(Folder).Select(file => file.Path).Where(path => path.EndsWith(".json", StringComparison.Ordinal));

    private static bool Same(SlotLedger one, SlotLedger other) =>
        one.Limit == other.Limit && one.Running.SequenceEqual(other.Running) && one.Waiting.SequenceEqual(other.Waiting);

    private static string PathOf(DocumentKind kind, DocumentAddress document) =>
        $"{Folder}/{document.App}/{document.Layer}/{kind.ToString().ToLowerInvariant()}.{document.Id}.json";
}
