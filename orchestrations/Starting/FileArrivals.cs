using System.Collections.Concurrent;
using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>
/// Starts runs for files that have come. A file counts once, by its path and content, from the moment at which it has not changed for a while. What is decided is
/// written down before it is done, under <c>data/ops/arrivals</c>, so that any number of processes may look, and one that dies loses nothing and doubles
/// nothing. Files that come while a trigger is paused are taken when it is resumed.
/// </summary>
public sealed class FileArrivals
{
    /// <summary>How many runs a trigger starts at most each time it is looked at.</summary>
    public const int MostStarts = 200;

    /// <summary>How many files that are not taken yet a trigger watches at a time, the oldest ones; the others come after.</summary>
    public const int MostCandidates = 10_000;

    private readonly HubRoot root;
    private readonly ILakeStorage storage;
    private readonly StartRun start;
    private readonly Func<ArrivalAlert, CancellationToken, Task<bool>> alert;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, ArrivalLedger> ledgers = [];

    /// <summary>Looks after the files of a hub.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="start">Starts a run.</param>
    /// <param name="alert">Tells that a file is late or partial; when it could not, it is asked again at the next <see cref="Tell"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public FileArrivals(HubRoot root, StartRun start, Func<ArrivalAlert, CancellationToken, Task<bool>> alert, TimeProvider? time = null)
        : this(root, root.Storage, start, alert, time) { }

    internal FileArrivals(
        HubRoot root,
        ILakeStorage storage,
        StartRun start,
        Func<ArrivalAlert, CancellationToken, Task<bool>> alert,
        TimeProvider? time
    ) => (this.root, this.storage, this.start, this.alert, this.time) = (root, storage, start, alert, time ?? TimeProvider.System);

    /// <summary>Looks what has come for a trigger, and starts what is due. To be called again and again, by one caller in a process at a time.</summary>
    /// <returns>The runs that were started, or found to be started.</returns>
    /// <exception cref="RunException">The path is refused, cannot be searched, or a document of the trigger is damaged.</exception>
    /// <exception cref="IOException">The storage fails, or a run could not be started; the next call goes on where this one ended.</exception>
    public async Task<IReadOnlyList<ArrivalStart>> Look(FileWatch watch, CancellationToken ct = default)
    {
        var ledger = Ledger(watch);
        var state = (await ledger.State.Update(before => before ?? New(), ct))!;
        if (state.Paused is not null)
            return [];
        var started = await Complete(watch, ledger, state, ct);
        ledger.Refresh(state);
        var found = Found(watch);
        var fresh = found.Where(file => !ledger.Knows(file.Name, file.Tag)).OrderBy(file => file.Modified).Take(MostCandidates).ToArray();
        var candidates = Watch(fresh, state.Candidates);
        var entry = Decide(watch, ledger.Last + 1, fresh, candidates, state);
        if (entry is not null && !ledger.TryAdd(entry))
            return started;
        state = (await ledger.State.Update(before => before is null ? null : Next(before, candidates, entry), ct))!;
        if (entry is not null)
            started = [.. started, .. await Complete(watch, ledger, state, ct)];
        if (ledger.Last - state.Checkpoint >= ArrivalLedger.CheckpointAfter)
            await ledger.Checkpoint(found, time.GetUtcNow(), ct);
        return started;
    }

    /// <summary>
    /// Tells what is late, and what goes on changing, then notes that it was told. To be called about every minute; it may take as long as the telling.
    /// </summary>
    /// <exception cref="IOException">The storage fails; the next call tells it again.</exception>
    public async Task Tell(FileWatch watch, CancellationToken ct = default)
    {
        if (Ledger(watch).State.Read() is not { Paused: null } state)
            return;
        var now = time.GetUtcNow();
        if (DeadlineOf(watch.Trigger) is { } due && due != state.Deadline)
        {
            var isTold =
                !IsLate(watch, state, due)
                || await Alert(
                    ArrivalAlertKind.Late,
                    $"{due:O}",
                    $"no file has come for '{watch.Trigger.Path}' by {due:u}, when one had to be there",
                    "ask whoever sends it; it starts a run whenever it comes"
                );
            if (isTold)
                await Note(state => state with { Deadline = due });
        }
        foreach (var (name, file) in state.Candidates.Where(c => IsPartial(c.Value)))
        {
            var isTold = await Alert(
                ArrivalAlertKind.Partial,
                $"{name}\0{file.First:O}",
                $"'{name}' has been changing since {file.First:u}, and is not taken",
                $"find out what still writes it; it is taken when it has kept still for {watch.Trigger.StableFor.TotalSeconds:0} s"
            );
            if (isTold)
                await Note(state =>
                    state with
                    {
                        Candidates = state.Candidates.ToDictionary(
                            c => c.Key,
                            c => c.Key == name && c.Value.First == file.First ? c.Value with { IsTold = true } : c.Value
                        ),
                    }
                );
        }

        bool IsPartial(Candidate file) => !file.IsTold && now - file.First >= watch.Trigger.PartialAfter && file.Since > file.First;

        Task<bool> Alert(ArrivalAlertKind kind, string what, string message, string hint) =>
            alert(new(DerivedRunId.Hash("alert", watch.Key, kind.ToString(), what), watch, kind, message, hint), ct);

        Task Note(Func<ArrivalState, ArrivalState> change) =>
            Ledger(watch).State.Update(before => before is null ? null : change(before), ct);
    }

    /// <summary>Starts nothing for a trigger until <see cref="Resume"/>.</summary>
    /// <param name="watch">The trigger.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="why">Why.</param>
    /// <param name="ct">Ends it.</param>
    public Task Pause(FileWatch watch, string by, string? why, CancellationToken ct = default) =>
        Ledger(watch).State.Update(before => (before ?? New()) with { Paused = new(by, why, time.GetUtcNow()) }, ct);

    /// <summary>Lets a trigger start runs again, first for the files that have come meanwhile.</summary>
    public Task Resume(FileWatch watch, CancellationToken ct = default) =>
        Ledger(watch).State.Update(before => before?.Paused is null ? before : before with { Paused = null }, ct);

    /// <summary>Why a trigger is paused; null if it is not.</summary>
    public Pause? Paused(FileWatch watch) => Ledger(watch).State.Read()?.Paused;

    /// <summary>What was decided about files, the newest first.</summary>
    /// <param name="watch">The trigger.</param>
    /// <param name="count">How many entries at most.</param>
    public IReadOnlyList<ArrivalEntry> History(FileWatch watch, int count = 100)
    {
        var ledger = new ArrivalLedger(storage, FolderOf(watch));
        ledger.Refresh(ledger.State.Read() ?? New());
        var entries = new List<ArrivalEntry>();
        for (var number = ledger.Last; entries.Count < count && ledger.Read(number) is { } entry; number--)
            entries.Add(entry);
        return entries;
    }

    /// <summary>Starts the runs of entries that may not have been started, by whoever wrote them.</summary>
    private async Task<IReadOnlyList<ArrivalStart>> Complete(
        FileWatch watch,
        ArrivalLedger ledger,
        ArrivalState state,
        CancellationToken ct
    )
    {
        var started = new List<ArrivalStart>();
        for (var number = state.Completed + 1; ledger.Read(number) is { } entry; number++)
        {
            foreach (var run in entry.Starts)
                await start(Request(watch, entry, run), ct);
            await ledger.State.Update(s => s!.Completed < number ? s with { Completed = number } : s, ct);
            started.AddRange(entry.Starts);
        }
        return started;
    }

    private static StartRequest Request(FileWatch watch, ArrivalEntry entry, ArrivalStart run)
    {
        var names = run.Files.Select(file => file.Name).ToArray();
        var isBatch = watch.Trigger.Take == FileTake.Batch;
        return new()
        {
            Kind = watch.Kind,
            Document = watch.Document,
            RunId = run.RunId,
            Trigger = new(
                TriggerKind.File,
                watch.Trigger.Path,
                names.Length == 1 ? names[0] : $"{names.Length} files, the first one {names[0]}: entry {entry.Number} of {FolderOf(watch)}"
            ),
            Parameters = watch.Parameter is { } parameter
                ? new Dictionary<string, string> { [parameter] = isBatch ? JsonSerializer.Serialize(names) : names[0] }
                : [],
        };
    }

    private IReadOnlyList<ArrivedFile> Found(FileWatch watch) =>
        [
            .. root.Source(watch.Trigger.Path)
                .Files()
                .Select(file => new ArrivedFile(file.Name, $"{file.Length}-{file.Modified.UtcTicks}", file.Modified)),
        ];

    private Dictionary<string, Candidate> Watch(IReadOnlyList<ArrivedFile> fresh, IReadOnlyDictionary<string, Candidate> before)
    {
        var now = time.GetUtcNow();
        return fresh.ToDictionary(
            file => file.Name,
            file =>
                !before.TryGetValue(file.Name, out var known) ? new Candidate(file.Tag, now, now)
                : known.Tag != file.Tag || known.Since > now ? known with { Tag = file.Tag, Since = now }
                : known
        );
    }

    private ArrivalEntry? Decide(
        FileWatch watch,
        long number,
        IReadOnlyList<ArrivedFile> fresh,
        Dictionary<string, Candidate> candidates,
        ArrivalState state
    )
    {
        var now = time.GetUtcNow();
        var trigger = watch.Trigger;
        var stable = fresh.Where(file => now - candidates[file.Name].Since >= trigger.StableFor).ToArray();
        if (stable.Length == 0)
            return null;
        var (runs, passedOver) = trigger.Take switch
        {
            FileTake.Each => (stable.Take(MostStarts).Select(file => new[] { file }).ToArray(), []),
            FileTake.Latest => Latest(stable, state.Newest),
            _ => (Batches(stable, trigger, now - stable.Min(file => candidates[file.Name].First)), []),
        };
        if (runs.Length + passedOver.Length == 0)
            return null;
        return new(number, now, [.. runs.Select(files => new ArrivalStart(RunIdOf(watch, now, files), files))], passedOver);
    }

    private static (ArrivedFile[][] Runs, ArrivedFile[] PassedOver) Latest(ArrivedFile[] stable, DateTimeOffset? before)
    {
        var newest = stable.OrderBy(file => file.Modified).ThenBy(file => file.Name, StringComparer.Ordinal).Last();
        return newest.Modified < before
            ? ([], stable)
            : (
                [
                    [newest],
                ],
                [.. stable.Where(file => file != newest)]
            );
    }

    /// <summary>Full batches, and at the end of the wait also one that is not full.</summary>
    private static ArrivedFile[][] Batches(ArrivedFile[] stable, FileTrigger trigger, TimeSpan waited)
    {
        var size = trigger.BatchSize ?? MostCandidates;
        return [.. stable.Chunk(size).Where(batch => batch.Length == size || waited >= trigger.MaxWait).Take(MostStarts)];
    }

    private static string RunIdOf(FileWatch watch, DateTimeOffset now, IEnumerable<ArrivedFile> files) =>
        DerivedRunId.Of(now, ["file", watch.Key, .. files.SelectMany(file => new[] { file.Name, file.Tag })]);

    private ArrivalState Next(ArrivalState state, Dictionary<string, Candidate> candidates, ArrivalEntry? entry)
    {
        var taken = entry is null ? [] : entry.Starts.SelectMany(run => run.Files).Concat(entry.PassedOver).ToArray();
        var names = taken.Select(file => file.Name).ToHashSet();
        var left = candidates.Where(candidate => !names.Contains(candidate.Key)).ToDictionary();
        if (taken.Length > 0)
            state = state with { LastTaken = time.GetUtcNow(), Newest = Later(state.Newest, taken.Max(file => file.Modified)) };
        var isSame = left.Count == state.Candidates.Count && left.All(c => state.Candidates.TryGetValue(c.Key, out var v) && v == c.Value);
        return isSame ? state : state with { Candidates = left };
    }

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;

    private static bool IsLate(FileWatch watch, ArrivalState state, DateTimeOffset due) =>
        due > (state.Deadline ?? state.Created)
        && (state.LastTaken is not { } last || last.UtcDateTime <= Times(watch.Trigger).AtOrBefore(due.UtcDateTime.AddTicks(-1)));

    private DateTimeOffset? DeadlineOf(FileTrigger trigger) =>
        trigger.ExpectedBy is not null && Times(trigger).AtOrBefore(time.GetUtcNow().UtcDateTime) is { } at ? new DateTimeOffset(at) : null;

    private static CronTimes Times(FileTrigger trigger) => new(trigger.ExpectedBy!, TimeZoneInfo.FindSystemTimeZoneById(trigger.TimeZone));

    private ArrivalState New() => new() { Created = time.GetUtcNow() };

    private ArrivalLedger Ledger(FileWatch watch) => ledgers.GetOrAdd(watch.Key, _ => new ArrivalLedger(storage, FolderOf(watch)));

    private static string FolderOf(FileWatch watch) => $"data/ops/arrivals/{watch.Key}";
}
