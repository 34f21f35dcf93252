using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Starting;

public sealed class FileArrivalsTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly TestClock clock = new();
    private readonly StartedRuns runs = new();
    private readonly List<ArrivalAlert> alerts = [];
    private bool isReached = true;

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task Each_file_starts_one_run_once_it_has_not_changed_for_a_while()
    {
        var watch = Of(FileTake.Each);
        Arrive("a.csv", "1");
        Assert.Empty(await Look(watch));
        Assert.Empty(await Look(watch, seconds: 9));
        Arrive("a.csv", "12");
        Assert.Empty(await Look(watch, seconds: 9));
        Arrive("b.csv", "1");
        Assert.Equal(
            [
                ["landing/a.csv"],
            ],
            Names(await Look(watch, seconds: 10))
        );
        Assert.Equal(
            [
                ["landing/b.csv"],
            ],
            Names(await Look(watch, seconds: 10))
        );
        Assert.Empty(await Look(watch, seconds: 10));
        Assert.Equal(["landing/a.csv", "landing/b.csv"], runs.Requests.Select(r => r.Parameters["file"]));
        Assert.Equal("landing/a.csv", runs.Requests[0].Trigger.Detail);
    }

    [Fact]
    public async Task A_file_that_changes_counts_again_and_one_that_is_only_there_does_not()
    {
        var watch = Of(FileTake.Each);
        Arrive("a.csv", "1");
        await Settle(watch);
        Arrive("a.csv", "2", minute: 1);
        await Settle(watch);
        await Settle(watch);
        Assert.Equal(2, runs.Requests.Count);
        Assert.Equal(2, New().History(watch).Count);
    }

    [Fact]
    public async Task A_batch_ends_with_its_number_or_with_the_wait()
    {
        var watch = Of(FileTake.Batch, batchSize: 3);
        for (var i = 0; i < 7; i++)
            Arrive($"{i}.csv", "x", minute: i);
        await Settle(watch);
        Assert.Equal(["0,1,2", "3,4,5"], Batches());
        Assert.Empty(await Look(watch, seconds: 49));
        Assert.Single(await Look(watch, seconds: 1));
        Assert.Equal(["0,1,2", "3,4,5", "6"], Batches());
        Assert.Equal("""["landing/6.csv"]""", runs.Requests[2].Parameters["file"]);

        string[] Batches() =>
            [.. New().History(watch).Reverse().SelectMany(e => e.Starts).Select(s => string.Join(',', s.Files.Select(f => f.Name[8..^4])))];
    }

    [Fact]
    public async Task The_latest_file_stands_for_those_before_it_also_if_they_come_later()
    {
        var watch = Of(FileTake.Latest);
        Arrive("a.csv", "1", minute: 1);
        Arrive("c.csv", "1", minute: 3);
        Arrive("b.csv", "1", minute: 2);
        Assert.Equal(
            [
                ["landing/c.csv"],
            ],
            Names(await Settle(watch))
        );
        Arrive("older.csv", "1", minute: 0);
        Assert.Empty(await Settle(watch));
        Arrive("d.csv", "1", minute: 4);
        Assert.Equal(
            [
                ["landing/d.csv"],
            ],
            Names(await Settle(watch))
        );
        Assert.Equal(["older.csv"], New().History(watch)[1].PassedOver.Select(f => Path.GetFileName(f.Name)));
        Assert.Equal(2, New().History(watch)[2].PassedOver.Count);
    }

    [Fact]
    public async Task Nothing_is_lost_while_a_trigger_is_paused()
    {
        var watch = Of(FileTake.Each);
        await New().Pause(watch, "ann", null);
        Arrive("a.csv", "1");
        Arrive("b.csv", "1");
        Assert.Empty(await Settle(watch));
        Assert.Equal("ann", New().Paused(watch)!.By);
        await New().Resume(watch);
        Assert.Equal(2, (await Settle(watch)).Count);
    }

    [Fact]
    public async Task Processes_that_look_at_once_start_each_file_once()
    {
        var watch = Of(FileTake.Each);
        FileArrivals[] processes = [New(), New(), New()];
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 10; i++)
                Arrive($"{round}-{i}.csv", "x");
            for (var looks = 0; looks < 3; looks++, clock.Now += TimeSpan.FromSeconds(10))
                await Task.WhenAll(processes.Select(process => Task.Run(() => process.Look(watch))));
        }
        Assert.Equal(50, runs.Requests.Count);
        Assert.Equal(50, runs.Requests.Select(r => r.Parameters["file"]).Distinct().Count());
    }

    [Fact]
    public async Task A_process_that_dies_anywhere_neither_loses_a_file_nor_doubles_it()
    {
        await CrashingStorage.AtEachWrite(async crashing =>
        {
            using var own = new TestHub();
            var (started, here) = (new StartedRuns(), new TestClock());
            var storage = crashing(own.Root.Storage);
            started.Before = _ => storage.Step(() => { });
            var watch = Of(FileTake.Each);
            var count = 0;
            try
            {
                var dying = new FileArrivals(own.Root, storage, started.Start, NoAlert, here);
                for (; count < 3; here.Now += TimeSpan.FromSeconds(10))
                {
                    own.Write($"landing/{count}a.csv", "x");
                    own.Write($"landing/{count++}b.csv", "x");
                    await dying.Look(watch);
                }
            }
            catch (CrashException) { }
            started.Before = _ => { };
            var next = new FileArrivals(own.Root, own.Root.Storage, started.Start, NoAlert, here);
            for (var i = 0; i < 3; i++, here.Now += TimeSpan.FromSeconds(10))
                await next.Look(watch);
            Assert.Equal(2 * count, started.Requests.Count);
            Assert.Equal(2 * count, started.Requests.Select(r => r.Parameters["file"]).Distinct().Count());
            return storage.HasCrashed;
        });
    }

    [Fact]
    public async Task A_run_that_cannot_be_started_now_is_started_later()
    {
        var watch = Of(FileTake.Each);
        Arrive("a.csv", "1");
        Arrive("b.csv", "1");
        runs.Before = request => _ = runs.Requests.Count == 1 ? throw new IOException("busy") : 0;
        await Assert.ThrowsAsync<IOException>(() => Settle(watch));
        runs.Before = _ => { };
        await Settle(watch);
        Assert.Equal(2, runs.Requests.Count);
    }

    [Fact]
    public async Task Old_entries_go_and_what_they_took_is_still_known()
    {
        var watch = Of(FileTake.Each) with { Trigger = Of(FileTake.Each).Trigger with { StableFor = TimeSpan.FromTicks(1) } };
        var arrivals = New();
        for (var i = 0; i < ArrivalLedger.CheckpointAfter + 5; i++)
        {
            Arrive($"{i}.csv", "x");
            for (var look = 0; look < 2; look++, clock.Now += TimeSpan.FromSeconds(1))
                await arrivals.Look(watch);
        }
        Assert.Equal(ArrivalLedger.CheckpointAfter + 5, runs.Requests.Count);
        Assert.Single(Directory.GetFiles(Path.Combine(hub.Folder, "data/ops/arrivals", watch.Key, "taken")));
        clock.Now += TimeSpan.FromDays(100);
        Assert.Empty(await Settle(watch));
        Assert.Equal(ArrivalLedger.CheckpointAfter + 5, runs.Requests.Count);
    }

    [Fact]
    public async Task Of_many_files_so_many_are_started_at_a_time_and_all_in_the_end()
    {
        var watch = Of(FileTake.Each);
        for (var i = 0; i < FileArrivals.MostStarts + 50; i++)
            Arrive($"{i}.csv", "x");
        var arrivals = New();
        await arrivals.Look(watch);
        clock.Now += TimeSpan.FromSeconds(10);
        Assert.Equal(FileArrivals.MostStarts, (await arrivals.Look(watch)).Count);
        Assert.Equal(50, (await arrivals.Look(watch)).Count);
    }

    [Fact]
    public async Task A_file_that_does_not_come_in_time_is_told_once_and_one_that_came_is_not()
    {
        var watch = Of(t => t with { ExpectedBy = CronExpression.Parse("0 10 * * *").Cron, TimeZone = "Europe/Zurich" });
        await Look(watch);
        await Tell(watch, seconds: 59 * 60);
        Assert.Empty(alerts);
        await Tell(watch, seconds: 60);
        await Tell(watch, seconds: 60);
        Assert.Equal(
            "no file has come for 'landing/*.csv' by 2026-03-02 09:00:00Z, when one had to be there",
            Assert.Single(alerts).Message
        );
        Arrive("a.csv", "1");
        await Settle(watch);
        await Tell(watch, seconds: 24 * 60 * 60);
        Assert.Single(alerts);
        await Tell(watch, seconds: 24 * 60 * 60);
        Assert.Equal(2, alerts.Select(a => a.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_file_that_goes_on_changing_is_told_once_and_not_taken()
    {
        var watch = Of(t => t with { PartialAfter = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 20; i++)
        {
            Arrive("a.csv", new string('x', i));
            Assert.Empty(await Look(watch, seconds: 9));
            await Tell(watch);
        }
        var alert = Assert.Single(alerts);
        Assert.Equal(ArrivalAlertKind.Partial, alert.Kind);
        Assert.StartsWith("'landing/a.csv' has been changing since 2026-03-02 08:00:09Z", alert.Message);
        Assert.Single(await Settle(watch));
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_again()
    {
        var watch = Of(t => t with { ExpectedBy = CronExpression.Parse("0 10 * * *").Cron, PartialAfter = TimeSpan.FromMinutes(1) });
        isReached = false;
        await Look(watch);
        Arrive("a.csv", "1");
        await Look(watch, seconds: 60 * 60);
        Arrive("a.csv", "12");
        await Look(watch, seconds: 2 * 60 * 60);
        await Tell(watch);
        isReached = true;
        await Tell(watch, seconds: 60);
        await Tell(watch, seconds: 60);
        Assert.Equal(
            [(ArrivalAlertKind.Late, 2), (ArrivalAlertKind.Partial, 2)],
            alerts.GroupBy(a => (a.Id, a.Kind)).Select(g => (g.Key.Kind, g.Count()))
        );
    }

    [Fact]
    public async Task Nothing_is_told_while_a_trigger_is_paused()
    {
        var watch = Of(t => t with { ExpectedBy = CronExpression.Parse("0 10 * * *").Cron });
        await Look(watch);
        await New().Pause(watch, "ann", "the sender is away");
        await Tell(watch, seconds: 24 * 60 * 60);
        Assert.Empty(alerts);
    }

    [Fact]
    public async Task A_path_that_leaves_the_hub_is_refused()
    {
        var watch = Of(FileTake.Each) with { Trigger = Of(FileTake.Each).Trigger with { Path = "../*.csv" } };
        await Assert.ThrowsAsync<RunException>(() => Look(watch));
    }

    private static FileWatch Of(Func<FileTrigger, FileTrigger> change)
    {
        var watch = Of(FileTake.Each);
        return watch with { Trigger = change(watch.Trigger) };
    }

    private static FileWatch Of(FileTake take, int? batchSize = null) =>
        new(
            DocumentKind.Job,
            StartedRuns.Orders,
            new FileTrigger("landing/*.csv", take, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), batchSize, default)
        )
        {
            Parameter = "file",
        };

    private static string[][] Names(IReadOnlyList<ArrivalStart> starts) => [.. starts.Select(s => s.Files.Select(f => f.Name).ToArray())];

    private static Task<bool> NoAlert(ArrivalAlert alert, CancellationToken ct) => Task.FromResult(true);

    private FileArrivals New() =>
        new(
            hub.Root,
            runs.Start,
            (alert, _) =>
            {
                alerts.Add(alert);
                return Task.FromResult(isReached);
            },
            clock
        );

    /// <summary>Each look is one of a process of its own.</summary>
    private Task<IReadOnlyList<ArrivalStart>> Look(FileWatch watch, int seconds = 0)
    {
        clock.Now += TimeSpan.FromSeconds(seconds);
        return New().Look(watch);
    }

    private Task Tell(FileWatch watch, int seconds = 0)
    {
        clock.Now += TimeSpan.FromSeconds(seconds);
        return New().Tell(watch);
    }

    private async Task<IReadOnlyList<ArrivalStart>> Settle(FileWatch watch)
    {
        await Look(watch, seconds: 1);
        return await Look(watch, seconds: 10);
    }

    private void Arrive(string name, string content, int minute = 0) =>
        File.SetLastWriteTimeUtc(hub.Write($"landing/{name}", content), new DateTime(2026, 3, 1, 0, minute, 0, DateTimeKind.Utc));
}
