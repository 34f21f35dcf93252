using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Tests.Durable;

namespace ServerlessHub.Orchestrations.Tests.Embedded;

/// <summary>What only the embedded runtime does: it keeps memory and disk small, and finds changed orchestrators.</summary>
public sealed class EmbeddedStoreTests : IDisposable
{
    private readonly TestStore _store = new();
    private readonly AlarmClock _clock = new();

    public void Dispose() => _store.Dispose();

    private static DurableTasks Waiting =>
        new DurableTasks()
            .AddActivity<int, int>("same", (_, n) => Task.FromResult(n))
            .AddOrchestrator<int, int>(
                "wait",
                async (context, n) => await context.CallActivity<int>("same", n) + await context.ExternalEvent<int>("go")
            );

    [Fact]
    public async Task Ten_thousand_instances_wait_with_no_more_orchestrators_in_memory_than_allowed_and_go_on_after_a_restart()
    {
        const int Count = 10_000;
        var tasks = new DurableTasks().AddOrchestrator<int, int>("wait", async (context, n) => n + await context.ExternalEvent<int>("go"));
        var runtime = _store.Open(tasks, new() { LiveInstances = 10 });
        await Task.WhenAll(Enumerable.Range(0, Count).Select(n => runtime.Start("wait", $"instance-{n:D6}", n)));
        Assert.InRange(runtime.Instances.Values.Count(instance => instance.Live is not null), 1, 10 + Environment.ProcessorCount);
        await _store.Close();
        runtime = _store.Open(tasks, new() { LiveInstances = 10 });
        Assert.True(await runtime.RaiseEvent("instance-000007", "go", 100));
        Assert.Equal(107, (await runtime.WaitForEnd("instance-000007")).Output!.Value.GetInt32());
        var open = 0;
        await foreach (var state in runtime.List(new([InstanceStatus.Running])))
            open += state.HasEnded ? 0 : 1;
        Assert.Equal(Count - 1, open);
    }

    [Fact]
    public async Task An_orchestrator_that_was_changed_is_named_with_both_decisions_and_goes_on_when_it_is_back()
    {
        var runtime = _store.Open(Steps("extract", "load"));
        await runtime.Start("steps", "i", null);
        while (await runtime.Find("i") is not { CustomStatus: not null })
            await Task.Yield();
        await _store.Close();

        runtime = _store.Open(Steps("extract", "transform", "load"));
        Assert.True(await runtime.RaiseEvent("i", "go", 1));
        var held = await runtime.WaitForEnd("i");
        Assert.Equal(InstanceStatus.Failed, held.Status);
        Assert.Contains("'i'", held.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("activity 'load'", held.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("activity 'transform'", held.Failure.Message, StringComparison.Ordinal);
        Assert.True(await runtime.RaiseEvent("i", "go", 2));
        Assert.False(await runtime.Purge("i"));
        await _store.Close();

        runtime = _store.Open(Steps("extract", "load"));
        Assert.Equal("extract load 1 2", (await runtime.WaitForEnd("i")).Output!.Value.GetString());

        static DurableTasks Steps(params string[] names)
        {
            var tasks = new DurableTasks().AddOrchestrator<object?, string>(
                "steps",
                async (context, _) =>
                {
                    var results = new List<string>();
                    foreach (var name in names)
                        results.Add(await context.CallActivity<string>(name, name));
                    context.SetCustomStatus("waiting");
                    results.Add($"{await context.ExternalEvent<int>("go")}");
                    results.Add($"{await context.ExternalEvent<int>("go")}");
                    return string.Join(' ', results);
                }
            );
            foreach (var name in names)
                tasks.AddActivity<string, string>(name, (_, input) => Task.FromResult(input));
            return tasks;
        }
    }

    [Fact]
    public async Task An_instance_whose_orchestrator_was_changed_can_be_terminated()
    {
        await _store.Open(Waiting).Start("wait", "i", 1);
        await _store.Close();
        var runtime = _store.Open(new DurableTasks().AddOrchestrator<int, int>("other", (_, n) => Task.FromResult(n)));
        Assert.True(await runtime.RaiseEvent("i", "go", 1));
        Assert.Contains("'wait'", (await runtime.WaitForEnd("i")).Failure!.Message, StringComparison.Ordinal);
        Assert.True(await runtime.Terminate("i", "gone"));
        Assert.Equal(InstanceStatus.Terminated, (await runtime.WaitForEnd("i")).Status);
        Assert.True(await runtime.Purge("i"));
    }

    [Fact]
    public async Task What_nobody_needs_leaves_the_disk_and_what_is_open_is_moved_before_it_goes()
    {
        var options = new EmbeddedOptions { SegmentSize = 4096, LiveInstances = 0 };
        var tasks = Waiting.AddOrchestrator<int, int>(
            "again",
            async (context, n) =>
            {
                context.SetCustomStatus(n);
                await context.CallActivity<int>("same", n);
                if (n > 0)
                    context.ContinueAsNew(n - 1);
                return n;
            }
        );
        var runtime = _store.Open(tasks, options, _clock);
        await runtime.Start("wait", "open", 1);
        await runtime.Start("again", "ended", 0);
        await runtime.WaitForEnd("ended");
        await runtime.Start("again", "long", 300);
        await runtime.WaitForEnd("long");
        var before = _store.Segments;
        await runtime.Cleanup.Run();
        Assert.True(_store.Segments.Count < before.Count / 2, $"{_store.Segments.Count} of {before.Count} segments are left.");
        Assert.DoesNotContain(before[0], _store.Segments);
        await _store.Close();

        runtime = _store.Open(tasks, options, _clock);
        Assert.Equal(0, (await runtime.Find("ended"))!.CustomStatus!.Value.GetInt32());
        Assert.Equal(InstanceStatus.Completed, (await runtime.Find("long"))!.Status);
        Assert.True(await runtime.RaiseEvent("open", "go", 1));
        Assert.Equal(2, (await runtime.WaitForEnd("open")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task An_ended_instance_is_forgotten_after_its_retention_and_an_answer_not_before_its_caller()
    {
        var tasks = Waiting
            .AddOrchestrator<int, int>("once", (_, n) => Task.FromResult(n))
            .AddOrchestrator<int, int>(
                "call",
                async (context, n) => await context.CallOrchestrator<int>("once", n, "child") + await context.ExternalEvent<int>("go")
            );
        var runtime = _store.Open(tasks, new() { Retention = TimeSpan.FromDays(1) }, _clock);
        await runtime.Start("once", "ended", 1);
        await runtime.WaitForEnd("ended");
        await runtime.Start("call", "caller", 1);
        while (await runtime.Find("child") is not { HasEnded: true })
            await Task.Yield();
        _clock.Set(_clock.GetUtcNow() + TimeSpan.FromDays(2));
        await runtime.Cleanup.Run();
        while (await runtime.Find("ended") is not null)
            await Task.Yield();
        Assert.NotNull(await runtime.Find("child"));
        Assert.NotNull(await runtime.Find("caller"));
        await _store.Close();
        runtime = _store.Open(tasks, null, _clock);
        Assert.Null(await runtime.Find("ended"));
        Assert.True(await runtime.RaiseEvent("caller", "go", 1));
        Assert.Equal(2, (await runtime.WaitForEnd("caller")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_clock_that_is_set_back_turns_no_order_round_and_one_that_is_set_forward_fires_what_is_due()
    {
        var tasks = new DurableTasks().AddOrchestrator<object?, bool>(
            "times",
            async (context, _) =>
            {
                var before = context.Now;
                await context.ExternalEvent<int>("go");
                var after = context.Now;
                await context.Timer(after + TimeSpan.FromDays(100), default);
                return after >= before && context.Now >= after + TimeSpan.FromDays(100);
            }
        );
        var runtime = _store.Open(tasks, null, _clock);
        await runtime.Start("times", "i", null);
        _clock.Set(_clock.GetUtcNow() - TimeSpan.FromDays(10));
        await runtime.RaiseEvent("i", "go", 1);
        _clock.Advance(TimeSpan.FromDays(99));
        Assert.Equal(InstanceStatus.Running, (await runtime.Find("i"))!.Status);
        _clock.Set(_clock.GetUtcNow() + TimeSpan.FromDays(12));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True((await runtime.WaitForEnd("i")).Output!.Value.GetBoolean());
    }

    [Fact]
    public async Task No_more_activities_run_at_once_than_is_allowed()
    {
        var (running, most) = (0, 0);
        var tasks = new DurableTasks()
            .AddActivity<int, int>(
                "work",
                async (_, n) =>
                {
                    var now = Interlocked.Increment(ref running);
                    InterlockedMax(ref most, now);
                    await Task.Yield();
                    Interlocked.Decrement(ref running);
                    return n;
                }
            )
            .AddOrchestrator<int, int>(
                "fan",
                async (context, n) => (await Task.WhenAll(Enumerable.Range(0, n).Select(i => context.CallActivity<int>("work", i)))).Length
            );
        var runtime = _store.Open(tasks, new() { ActivityConcurrency = 3 });
        await runtime.Start("fan", "i", 200);
        Assert.Equal(200, (await runtime.WaitForEnd("i")).Output!.Value.GetInt32());
        Assert.InRange(most, 1, 3);

        static void InterlockedMax(ref int most, int value)
        {
            for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
                Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    [Fact]
    public async Task A_thousand_events_raised_at_once_each_arrive_once()
    {
        var tasks = new DurableTasks().AddOrchestrator<int, int>(
            "sum",
            async (context, n) =>
            {
                var sum = 0;
                for (var i = 0; i < n; i++)
                    sum += await context.ExternalEvent<int>("n");
                return sum;
            }
        );
        var runtime = _store.Open(tasks, new() { LiveInstances = 0 });
        await runtime.Start("sum", "i", 1000);
        await Task.WhenAll(Enumerable.Range(1, 1000).Select(n => runtime.RaiseEvent("i", "n", n)));
        Assert.Equal(500_500, (await runtime.WaitForEnd("i")).Output!.Value.GetInt32());
    }
}
