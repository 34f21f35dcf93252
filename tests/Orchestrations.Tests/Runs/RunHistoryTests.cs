using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class RunHistoryTests(RunHistoryTests.TwoMonths runs) : IClassFixture<RunHistoryTests.TwoMonths>
{
    private readonly RunHistory history = runs.History;
    private readonly IReadOnlyList<JobRun> all = runs.All;

    [Fact]
    public void Pages_give_each_run_once_newest_first_whatever_is_asked_for()
    {
        RunFilter[] filters =
        [
            new(),
            new() { Job = "nightly" },
            new() { App = "other" },
            new() { Statuses = [JobStatus.Failed, JobStatus.Queued] },
            new() { Trigger = TriggerKind.Schedule },
            new() { From = Samples.Time.AddDays(-20), Until = Samples.Time.AddDays(-5) },
            new() { ErrorText = "DISK 2" },
            new() { Fingerprint = "1-1" },
            new() { BackfillId = "b1", Job = "hourly" },
        ];
        foreach (var filter in filters)
        foreach (var size in new[] { 7, 50, 1000 })
        {
            var found = new List<string>();
            string? cursor = null;
            do
            {
                var page = history.Page(filter, cursor, size);
                Assert.InRange(page.Runs.Count, page.Next is null ? 0 : size, size);
                found.AddRange(page.Runs.Select(r => r.RunId));
                cursor = page.Next;
            } while (cursor is not null);
            Assert.Equal(all.Where(filter.Applies).Select(r => r.RunId), found);
        }
    }

    [Fact]
    public void Each_run_is_found_with_its_nodes_wherever_it_is()
    {
        foreach (var run in all.Where((_, i) => i % 6 == 0))
        {
            var found = history.Find(run.RunId)!;
            Assert.Equal((run.Status, run.Queued, run.Error), (found.Status, found.Queued, found.Error));
            Assert.Equal(run.Nodes, found.Nodes);
        }
        Assert.Null(history.Find("20260302-080000-ffffffff"));
        Assert.Null(history.Find("no run"));
    }

    [Fact]
    public void Days_are_counted_over_documents_and_tables()
    {
        var filter = new RunFilter { From = Samples.Time.AddDays(-30) };
        var expected = all.Where(filter.Applies)
            .GroupBy(r => (Day: DateOnly.FromDateTime(r.Queued.UtcDateTime), r.Status))
            .Select(g => new RunCount(g.Key.Day, g.Key.Status, g.Count()))
            .OrderByDescending(c => c.Day)
            .ThenBy(c => c.Status);
        Assert.Equal(expected, history.Counts(filter));
    }

    [Fact]
    public void Durations_are_those_of_the_last_successful_runs()
    {
        var durations = history.Durations("sales", "hourly");
        var completed = Math.Min(Sla.Samples, all.Count(r => r is { Job: "hourly", Status: JobStatus.Completed }));
        Assert.Equal(Enumerable.Repeat(60.0, completed), durations.Job);
        Assert.Equal(["a", "b"], durations.Nodes.Keys.Order());
        Assert.Equal(Enumerable.Repeat(30.0, completed), durations.Nodes["a"]);
    }

    [Fact]
    public void What_is_asked_for_wrongly_is_refused()
    {
        Assert.Throws<ArgumentException>(() => history.Page(new(), "no cursor"));
        Assert.Throws<ArgumentOutOfRangeException>(() => history.Page(new(), size: 0));
    }

    [Fact]
    public void A_hub_without_runs_has_an_empty_history()
    {
        using var empty = new TestHub();
        using var nothing = new RunHistory(empty.Root, new RunDocuments(empty.Root.Storage), new TestClock());
        Assert.Empty(nothing.Page(new()).Runs);
        Assert.Empty(nothing.Counts(new()));
        Assert.Null(nothing.Find("r1"));
    }

    /// <summary>Runs of two months, several of the same time; some folded early, some late, some not yet, in no order.</summary>
    public sealed class TwoMonths : IDisposable
    {
        private const int Runs = 120;
        private readonly TestHub hub = new();
        private readonly List<JobRun> all = [];

        public TwoMonths()
        {
            var (documents, clock) = (new RunDocuments(hub.Root.Storage), new TestClock());
            History = new(hub.Root, documents, clock);
            var random = new Random(1);
            for (var i = 0; i < Runs; i++)
            {
                var queued = Samples.Time.AddDays(-random.Next(60)).AddHours(random.Next(3)).AddTicks(random.Next(2));
                var status = (JobStatus)random.Next(7);
                var run = Samples.Job($"{queued:yyyyMMdd-HHmmss}-{i:x8}", status, queued) with
                {
                    Job = random.Next(3) == 0 ? "nightly" : "hourly",
                    Trigger = new((TriggerKind)random.Next(3), "somebody"),
                    Error = status == JobStatus.Failed ? new($"The disk {i % 3} is full", null, ErrorClass.Transient, $"1-{i % 3}") : null,
                    Nodes = status == JobStatus.Completed ? [Samples.Node("a"), Samples.Node("b")] : [],
                    BackfillId = i % 5 == 0 ? "b1" : null,
                };
                documents.Write(run);
                all.Add(run);
                if (i % 40 == 39 && i < 100)
                    new HistoryFold(hub.Root, documents, clock).Run();
            }
            all.Sort((left, right) => (right.Queued.Ticks / 10, right.RunId).CompareTo((left.Queued.Ticks / 10, left.RunId)));
        }

        public RunHistory History { get; }

        public IReadOnlyList<JobRun> All => all;

        public void Dispose()
        {
            History.Dispose();
            hub.Dispose();
        }
    }
}
