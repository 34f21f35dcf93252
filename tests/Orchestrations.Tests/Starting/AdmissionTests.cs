using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Starting;

public sealed class AdmissionTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly TestClock clock = new();
    private readonly Runs runs = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task Without_a_limit_everybody_is_admitted_and_nothing_is_written()
    {
        Assert.Equal(AdmissionAnswer.Admitted, await Enter("a", null));
        Assert.Empty(New().Ledgers());
        await New().Release(DocumentKind.Job, StartedRuns.Orders, "a");
        Assert.False(Directory.Exists(Path.Combine(hub.Folder, "data/ops/admission")));
    }

    [Fact]
    public async Task Who_finds_no_place_waits_and_gets_one_in_order_fresh_ones_before_a_backfill()
    {
        Assert.Equal(AdmissionAnswer.Admitted, await Enter("a", 1));
        Assert.Equal(AdmissionAnswer.Queued, await Enter("b1", 1, lane: RunLane.Backfill));
        Assert.Equal(AdmissionAnswer.Queued, await Enter("c", 1));
        Assert.Equal(AdmissionAnswer.Queued, await Enter("d", 1));
        Assert.Equal(AdmissionAnswer.Queued, await Enter("c", 1));
        foreach (var next in new[] { "a", "c", "d", "b1" })
            await Release(next);
        Assert.Equal(["c", "d", "b1"], runs.Admitted);
        var ledger = Assert.Single(New().Ledgers());
        Assert.Empty(ledger.Running.Concat(ledger.Waiting));
    }

    [Fact]
    public async Task A_backfill_leaves_a_place_free_for_whoever_comes()
    {
        foreach (var run in new[] { "b1", "b2", "b3" })
            await Enter(run, 3, lane: RunLane.Backfill);
        Assert.Equal(["b1", "b2"], Single().Running.Select(e => e.RunId));
        Assert.Equal(AdmissionAnswer.Admitted, await Enter("fresh", 3));
        Assert.Equal(AdmissionAnswer.Queued, await Enter("late", 3));
        await Release("b1");
        Assert.Equal(["late"], runs.Admitted);
    }

    [Fact]
    public async Task Who_does_not_wait_is_skipped()
    {
        await Enter("a", 1);
        Assert.Equal(AdmissionAnswer.Skipped, await Enter("b", 1, WhenBusy.Skip));
        Assert.Null(Single().Find("b"));
        Assert.Equal(AdmissionAnswer.Admitted, await Enter("a", 1, WhenBusy.Skip));
        await Release("a");
        Assert.Equal(AdmissionAnswer.Admitted, await Enter("b", 1, WhenBusy.Skip));
    }

    [Fact]
    public async Task The_newest_run_cancels_the_older_ones_and_starts_when_they_have_ended()
    {
        await Enter("a", 1, WhenBusy.CancelOlder);
        Assert.Equal(AdmissionAnswer.Queued, await Enter("b", 1, WhenBusy.CancelOlder));
        Assert.Equal(AdmissionAnswer.Queued, await Enter("c", 1, WhenBusy.CancelOlder));
        Assert.Equal(["a", "b"], runs.Cancelled.Distinct());
        await Release("a");
        Assert.Equal(["c"], runs.Admitted);
        await Release("b");
        Assert.Equal(["c"], Single().Running.Select(e => e.RunId));
        Assert.Empty(Single().Waiting);
    }

    [Fact]
    public async Task A_limit_that_is_raised_or_gone_lets_those_in_who_wait()
    {
        foreach (var run in new[] { "a", "b", "c", "d" })
            await Enter(run, 1);
        await Enter("d", 2);
        Assert.Equal(["b"], runs.Admitted);
        Assert.Equal(AdmissionAnswer.Admitted, await Enter("e", null));
        Assert.Equal(["b", "c", "d"], runs.Admitted);
    }

    [Fact]
    public async Task A_sweep_takes_out_who_has_ended_or_never_begun_and_admits_the_next()
    {
        foreach (var run in new[] { "ended", "lost", "a" })
            await Enter(run, 1);
        runs.Presence["ended"] = RunPresence.Ended;
        runs.Presence["lost"] = RunPresence.Unknown;
        Assert.Equal(["ended"], await New().Sweep());
        Assert.Equal(["lost"], runs.Admitted);
        clock.Now += Admission.LongestStart + TimeSpan.FromSeconds(1);
        Assert.Equal(["lost"], await New().Sweep());
        Assert.Equal(["lost", "a"], runs.Admitted);
        Assert.Empty(await New().Sweep());
    }

    [Fact]
    public async Task Of_many_that_come_at_once_as_many_are_admitted_as_there_are_places()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Enter($"r{i}", 5))));
        Assert.Equal(5, answers.Count(a => a == AdmissionAnswer.Admitted));
        Assert.Equal(5, Single().Running.Count);
        Assert.Equal(35, Single().Waiting.Count);
        await Task.WhenAll(Single().Running.Select(e => Task.Run(() => Release(e.RunId))));
        Assert.Equal(5, Single().Running.Count);
        Assert.Equal(5, runs.Admitted.Distinct().Count());
    }

    [Fact]
    public async Task A_process_that_dies_anywhere_leaves_no_place_taken_and_nobody_untold()
    {
        await CrashingStorage.AtEachWrite(async crashing =>
        {
            using var own = new TestHub();
            var (theirs, storage) = (new Runs(), crashing(own.Root.Storage));
            theirs.Before = () => storage.Step(() => { });
            var dying = new Admission(storage, theirs, clock);
            var (asked, answers) = (new List<string>(), new Dictionary<string, AdmissionAnswer>());
            try
            {
                foreach (var run in new[] { "a", "b", "c" })
                {
                    asked.Add(run);
                    answers[run] = await Enter(dying, run, 1, WhenBusy.Queue);
                }
                theirs.Presence["a"] = RunPresence.Ended;
                await dying.Release(DocumentKind.Job, StartedRuns.Orders, "a");
                theirs.Presence["b"] = RunPresence.Ended;
                await dying.Release(DocumentKind.Job, StartedRuns.Orders, "b");
            }
            catch (CrashException) { }
            // The next process: each run asks again what it did not get an answer to, then a sweep.
            theirs.Before = () => { };
            var next = new Admission(own.Root.Storage, theirs, clock);
            foreach (var run in asked.Where(run => !answers.ContainsKey(run)))
                answers[run] = await Enter(next, run, 1, WhenBusy.Queue);
            await next.Sweep();
            var ledger = next.Ledgers().Single();
            Assert.Equal(asked.Where(run => !theirs.Presence.ContainsKey(run)), ledger.Running.Concat(ledger.Waiting).Select(e => e.RunId));
            Assert.Single(ledger.Running);
            Assert.True(ledger.Running[0].IsTold);
            if (answers[ledger.Running[0].RunId] == AdmissionAnswer.Queued)
                Assert.Contains(ledger.Running[0].RunId, theirs.Admitted);
            return storage.HasCrashed;
        });
    }

    [Fact]
    public void Whatever_comes_and_goes_the_ledger_keeps_its_promises()
    {
        var steps = Gen.Choose(0, int.MaxValue - 1).Select(seed => new System.Random(seed));
        Prop.ForAll(steps.ToArbitrary(), random => Walk(random)).QuickCheckThrowOnFailure();
    }

    private static void Walk(System.Random random)
    {
        var limit = random.Next(1, 4);
        var ledger = new SlotLedger(DocumentKind.Job, StartedRuns.Orders, limit, [], []);
        var now = DateTimeOffset.UnixEpoch;
        var order = new List<string>();
        for (var i = 0; i < 60; i++, now += TimeSpan.FromSeconds(1))
        {
            var before = ledger;
            if (random.Next(2) == 0)
            {
                var lane = (RunLane)random.Next(2);
                ledger = ledger.Enter($"r{i}", lane, (WhenBusy)random.Next(3), now);
                // Asked again, whoever is in it stays where it is.
                if (ledger.Find($"r{i}") is not null)
                    Assert.Same(ledger, ledger.Enter($"r{i}", lane, WhenBusy.Skip, now));
            }
            else if (ledger.Running.Concat(ledger.Waiting).ToArray() is { Length: > 0 } all)
                ledger = ledger.Without([all[random.Next(all.Length)].RunId]).Fill(now);
            order.AddRange(ledger.Running.Select(e => e.RunId).Except(before.Running.Select(e => e.RunId)));
            Assert.True(ledger.Running.Count <= limit);
            Assert.True(ledger.Running.Count(e => e.Lane == RunLane.Backfill) <= Math.Max(1, limit - 1));
            // Nobody waits without need, and nobody is twice in it.
            var free = ledger.Running.Count < limit;
            Assert.False(free && ledger.Waiting.Any(e => e is { Lane: RunLane.Fresh, IsCancelled: false }));
            Assert.Equal(
                ledger.Running.Count + ledger.Waiting.Count,
                ledger.Running.Concat(ledger.Waiting).Select(e => e.RunId).Distinct().Count()
            );
        }
        // A place is given once.
        Assert.Equal(order.Distinct().Count(), order.Count);
    }

    private SlotLedger Single() => New().Ledgers().Single();

    private Admission New() => new(hub.Root.Storage, runs, clock);

    private Task<AdmissionAnswer> Enter(string run, int? limit, WhenBusy whenBusy = WhenBusy.Queue, RunLane lane = RunLane.Fresh) =>
        Enter(New(), run, limit, whenBusy, lane);

    private static Task<AdmissionAnswer> Enter(
        Admission admission,
        string run,
        int? limit,
        WhenBusy whenBusy,
        RunLane lane = RunLane.Fresh
    ) => admission.Enter(DocumentKind.Job, StartedRuns.Orders, run, limit, whenBusy, lane);

    private Task Release(string run) => New().Release(DocumentKind.Job, StartedRuns.Orders, run);

    private sealed class Runs : IGatedRuns
    {
        private readonly Lock gate = new();

        public Action Before { get; set; } = () => { };

        public Dictionary<string, RunPresence> Presence { get; } = [];

        public List<string> Admitted { get; } = [];

        public List<string> Cancelled { get; } = [];

        public Task<RunPresence> Find(string runId, CancellationToken ct) =>
            Task.FromResult(Presence.GetValueOrDefault(runId, RunPresence.Open));

        public Task Admit(string runId, CancellationToken ct) => Note(Admitted, runId);

        public Task Cancel(string runId, CancellationToken ct) => Note(Cancelled, runId);

        private Task Note(List<string> list, string runId)
        {
            Before();
            lock (gate)
                list.Add(runId);
            return Task.CompletedTask;
        }
    }
}
