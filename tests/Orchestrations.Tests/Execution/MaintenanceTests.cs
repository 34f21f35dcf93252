using System.Threading.Channels;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Orchestrations.Tests.Durable;
using ServerlessHub.Orchestrations.Tests.Embedded;

namespace ServerlessHub.Orchestrations.Tests.Execution;

public sealed class MaintenanceTests : IDisposable
{
    private readonly AlarmClock clock = new();
    private readonly TestStore store = new();
    private readonly Channel<string> done = Channel.CreateUnbounded<string>();
    private bool isHere = true;

    public void Dispose() => store.Dispose();

    [Theory]
    [InlineData("2026-06-30T12:00Z", "2026-07-01T02:00Z")]
    [InlineData("2026-07-01T01:59Z", "2026-07-01T02:00Z")]
    [InlineData("2026-07-01T02:00Z", "2026-07-02T02:00Z")]
    [InlineData("2026-07-01T00:30+05:30", "2026-07-01T02:00Z")]
    public void A_night_begins_at_two_in_UTC(string now, string night) =>
        Assert.Equal(DateTimeOffset.Parse(night), MaintenanceOrchestrator.NextNight(DateTimeOffset.Parse(now)));

    [Fact]
    public async Task Each_night_one_table_is_tended_after_the_other_also_after_one_that_fails_and_in_another_process()
    {
        var runtime = Open();
        await runtime.Start(MaintenanceOrchestrator.Name, MaintenanceOrchestrator.Name, Due("2026-07-01T02:00Z"));
        await Until(runtime, "2026-07-01T02:00Z");
        clock.Advance(TimeSpan.FromHours(14) - TimeSpan.FromSeconds(1));
        Assert.False(done.Reader.TryRead(out _));

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["begin", "broken", "b"], await Take(3));
        await Until(runtime, "2026-07-02T02:00Z");

        await store.Close();
        clock.Advance(TimeSpan.FromDays(3));
        runtime = Open();
        Assert.Equal(["begin", "broken", "b"], await Take(3));
        await Until(runtime, "2026-07-05T02:00Z");
    }

    [Fact]
    public async Task A_process_that_ends_soon_leaves_it_to_the_next_hour()
    {
        isHere = false;
        var runtime = Open();
        await runtime.Start(MaintenanceOrchestrator.Name, MaintenanceOrchestrator.Name, Due("2026-06-30T12:00Z"));
        clock.Advance(TimeSpan.Zero);

        Assert.Equal(["begin"], await Take(1));
        await Until(runtime, "2026-06-30T13:00Z");
    }

    [Fact]
    public async Task What_has_ended_is_folded_by_an_orchestration_that_the_watch_begins_anew_where_it_has_ended()
    {
        await using var hub = new RunningHub();
        hub.Pipeline("good");
        hub.Job("""<pipelineRef id="good"/>""");
        var run = await hub.Run();
        var watch = new HubWatch(hub.Jobs);

        await watch.Maintain(CancellationToken.None);
        await Until(() => hub.Jobs.Documents.Find(run.RunId) is null);
        Assert.Equal(JobStatus.Completed, hub.Jobs.History.Find(run.RunId)!.Status);

        await watch.Maintain(CancellationToken.None);
        await hub.Jobs.Client.Terminate(FoldOrchestrator.Name, "a test");
        await watch.Maintain(CancellationToken.None);
        var instances = new List<InstanceState>();
        await foreach (var instance in hub.Jobs.Client.List(new InstanceFilter([InstanceStatus.Pending, InstanceStatus.Running])))
            instances.Add(instance);
        Assert.Equal([FoldOrchestrator.Name, MaintenanceOrchestrator.Name], instances.Select(i => i.InstanceId));
    }

    [Fact]
    public async Task A_night_deletes_what_no_table_and_no_caller_needs_any_more_and_is_no_run()
    {
        await using var hub = new RunningHub();
        hub.Pipeline("good");
        hub.Job("""<pipelineRef id="good"/>""");
        await hub.Run();
        await new IdempotencyKeys(hub.Root.Storage, TimeProvider.System).Claim("job", "key", new Dictionary<string, string>(), "run-1");
        hub.Write("data/applications/shop/staging/good/left.parquet", "x");
        string[] old = [.. Directory.GetFiles(hub.Root.Locate("data/ops/keys"), "*", SearchOption.AllDirectories)];
        old = [.. old, hub.Root.Locate("data/applications/shop/staging/good/left.parquet")];
        foreach (var file in old)
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-8));

        var due = new MaintenanceInput(DateTimeOffset.UnixEpoch);
        await hub.Jobs.Client.Start(MaintenanceOrchestrator.Name, MaintenanceOrchestrator.Name, due);

        Assert.Equal(2, old.Length);
        await Until(() => !old.Any(File.Exists));
        Assert.Equal(2, hub.Rows("good"));
        Assert.Equal(["run-1"], hub.Jobs.Documents.List().Runs.Select(r => r.RunId));
    }

    private EmbeddedRuntime Open()
    {
        var tasks = new DurableTasks()
            .AddOrchestrator<MaintenanceInput, bool>(MaintenanceOrchestrator.Name, MaintenanceOrchestrator.Run)
            .AddActivity<MaintenanceInput, MaintenanceRound>(
                MaintenanceActivities.Begin,
                (_, _) =>
                {
                    done.Writer.TryWrite("begin");
                    return Task.FromResult(new MaintenanceRound(isHere, isHere ? ["broken", "b"] : []));
                }
            )
            .AddActivity<string, bool>(
                MaintenanceActivities.Tend,
                (_, table) =>
                {
                    done.Writer.TryWrite(table);
                    return table == "broken" ? throw new InvalidOperationException("No such table.") : Task.FromResult(true);
                }
            );
        // Nothing is kept in memory, so each turn replays all before it.
        return store.Open(tasks, new EmbeddedOptions { LiveInstances = 0 }, clock);
    }

    private static MaintenanceInput Due(string time) => new(DateTimeOffset.Parse(time));

    private async Task<string[]> Take(int count)
    {
        var taken = new string[count];
        for (var i = 0; i < count; i++)
            taken[i] = await done.Reader.ReadAsync();
        return taken;
    }

    private static async Task Until(EmbeddedRuntime runtime, string due)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var state = await runtime.Find(MaintenanceOrchestrator.Name);
            Assert.Null(state!.Failure);
            if (state.CustomStatus?.GetProperty("due").GetDateTimeOffset() == DateTimeOffset.Parse(due))
                return;
            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task Until(Func<bool> awaited)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!awaited())
            await timer.WaitForNextTickAsync();
    }
}
