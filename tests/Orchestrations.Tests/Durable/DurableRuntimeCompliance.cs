using System.Collections.Concurrent;
using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Tests.Durable;

/// <summary>What every durable runtime does, as Durable Functions does it: the same orchestrators run on each.</summary>
public abstract partial class DurableRuntimeCompliance : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _log = new();

    protected DurableTasks Tasks { get; private set; } = new();

    protected IDurableClient Client { get; private set; } = null!;

    /// <summary>Starts a runtime with <see cref="Tasks"/>.</summary>
    protected abstract Task<IDurableClient> Create();

    /// <summary>Ends the process that runs it as a crash would, and starts another one on what that has left.</summary>
    protected abstract Task<IDurableClient> Crash();

    /// <summary>Lets time pass.</summary>
    protected abstract Task Pass(TimeSpan time);

    public abstract Task DisposeAsync();

    public Task InitializeAsync() => Task.CompletedTask;

    protected async Task Begin() => Client = await Create();

    protected async Task Restart() => Client = await Crash();

    /// <summary>Another program takes the place of the one that runs, in the middle of all that is open.</summary>
    protected async Task Deploy(DurableTasks tasks)
    {
        Tasks = tasks;
        await Restart();
    }

    private void Log(string line) => _log.Enqueue(line);

    private void Orchestrator<TOutput>(Func<IOrchestrationContext, Task<TOutput>> run, string name = "main") =>
        Tasks.AddOrchestrator<object?, TOutput>(name, (context, _) => run(context));

    /// <summary>Runs the orchestrator <c>main</c> as instance <c>i</c> to its end.</summary>
    private async Task<InstanceState> Run(object? input = null)
    {
        await Begin();
        Assert.True(await Client.Start("main", "i", input));
        return await Client.WaitForEnd("i");
    }

    /// <summary>An activity that says when it runs and goes on when it is let.</summary>
    private Gate Gated(string name)
    {
        var gate = new Gate();
        Tasks.AddActivity<string, string>(
            name,
            async (call, input) =>
            {
                gate.Reached.Release();
                await gate.Open.WaitAsync(call.Cancellation);
                return input;
            }
        );
        return gate;
    }

    /// <summary>Looks until an instance is as it is to become.</summary>
    protected async Task<InstanceState> Until(string id, Func<InstanceState, bool> isSo)
    {
        while (true)
        {
            if (await Client.Find(id) is { } state && isSo(state))
                return state;
            await Task.Yield();
        }
    }

    protected static void AssertCompleted<T>(T expected, InstanceState state)
    {
        Assert.True(state.Status == InstanceStatus.Completed, $"{state.Status}: {state.Failure}");
        Assert.Equal(expected, state.Output!.Value.Deserialize<T>(DurableJson.Options));
    }

    [Fact]
    public async Task An_orchestrator_has_its_input_and_its_result_is_kept()
    {
        Tasks.AddOrchestrator<Order, Order>("main", (context, order) => Task.FromResult(order with { Count = order.Count + 1 }));
        var state = await Run(new Order("a", 1));
        AssertCompleted(new Order("a", 2), state);
        Assert.Equal(("i", "main"), (state.InstanceId, state.Orchestrator));
        Assert.Null(state.Failure);
    }

    [Fact]
    public async Task Activities_are_called_one_after_the_other_with_the_results_of_those_before()
    {
        Tasks.AddActivity<int, int>("double", (_, n) => Task.FromResult(n * 2));
        Orchestrator(async context =>
        {
            var n = 1;
            for (var i = 0; i < 10; i++)
                n = await context.CallActivity<int>("double", n);
            return n;
        });
        AssertCompleted(1024, await Run());
    }

    [Fact]
    public async Task Activities_are_called_all_at_once_and_awaited_together()
    {
        Tasks.AddActivity<int, int>(
            "square",
            async (_, n) =>
            {
                await Task.Yield();
                return n * n;
            }
        );
        Orchestrator(async context =>
            (await Task.WhenAll(Enumerable.Range(1, 200).Select(n => context.CallActivity<int>("square", n)))).Sum()
        );
        AssertCompleted(Enumerable.Range(1, 200).Sum(n => n * n), await Run());
    }

    [Fact]
    public async Task An_activity_that_fails_fails_its_task_with_type_message_and_cause()
    {
        Tasks.AddActivity<object?, int>("load", (_, _) => throw new InvalidOperationException("outer", new IOException("inner")));
        Orchestrator(async context =>
        {
            try
            {
                return $"{await context.CallActivity<int>("load", null)}";
            }
            catch (TaskFailedException e)
            {
                return $"{e.Task}|{e.Failure.Type}|{e.Failure.Message}|{e.Failure.Inner!.Message}";
            }
        });
        AssertCompleted("load|System.InvalidOperationException|outer|inner", await Run());
    }

    [Fact]
    public async Task A_failure_that_nobody_catches_fails_the_instance_and_its_message_is_bounded()
    {
        Tasks.AddActivity<object?, int>("load", (_, _) => throw new IOException(new string('x', 1_000_000)));
        Orchestrator(context => context.CallActivity<int>("load", null));
        var state = await Run();
        Assert.Equal(InstanceStatus.Failed, state.Status);
        Assert.Equal(("System.IO.IOException", TaskFailure.MaximumMessage), (state.Failure!.Type, state.Failure.Message.Length));
        Assert.Null(state.Output);
    }

    [Fact]
    public async Task An_activity_or_orchestrator_that_is_not_there_fails_the_task_that_calls_it()
    {
        Orchestrator(async context =>
        {
            var failures = new List<string>();
            foreach (
                var call in new Func<Task>[] { () => context.CallActivity<int>("no", 1), () => context.CallOrchestrator<int>("no", 1) }
            )
            {
                try
                {
                    await call();
                }
                catch (TaskFailedException e)
                {
                    failures.Add(e.Task);
                }
            }
            return failures;
        });
        AssertCompleted(new[] { "no", "no" }, await Run());
    }

    [Fact]
    public async Task A_sub_orchestration_gives_its_result_or_its_failure_to_its_caller()
    {
        Tasks.AddOrchestrator<int, int>("child", (_, n) => n < 0 ? throw new ArgumentException("negative") : Task.FromResult(n + 1));
        Orchestrator(async context =>
        {
            var good = await context.CallOrchestrator<int>("child", 1, "the-child");
            var made = await context.CallOrchestrator<int>("child", 2);
            try
            {
                return await context.CallOrchestrator<int>("child", -1);
            }
            catch (TaskFailedException e) when (e.Failure.Message.Contains("negative", StringComparison.Ordinal))
            {
                return good + made;
            }
        });
        AssertCompleted(5, await Run());
        AssertCompleted(2, (await Client.Find("the-child"))!);
    }

    [Fact]
    public async Task A_sub_orchestration_under_an_id_that_is_another_ones_fails()
    {
        Tasks.AddOrchestrator<object?, int>("other", (context, _) => context.ExternalEvent<int>("never"));
        Orchestrator(context => context.CallOrchestrator<int>("other", null, "taken"));
        await Begin();
        Assert.True(await Client.Start("other", "taken", null));
        Assert.True(await Client.Start("main", "i", null));
        var state = await Client.WaitForEnd("i");
        Assert.Equal(InstanceStatus.Failed, state.Status);
        await Until("taken", taken => taken.Status == InstanceStatus.Running);
    }

    [Fact]
    public async Task Ids_are_the_same_in_a_replay_and_never_twice()
    {
        Tasks.AddActivity<Guid, Guid>("same", (_, id) => Task.FromResult(id));
        Orchestrator(async context =>
        {
            var ids = new List<Guid>();
            for (var i = 0; i < 20; i++)
            {
                var id = context.NewGuid();
                ids.Add(id);
                if (await context.CallActivity<Guid>("same", id) != id)
                    throw new InvalidOperationException("The id changed.");
                if (i == 10)
                    await context.ExternalEvent<int>("go");
            }
            return ids.Distinct().Count();
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Restart();
        Assert.True(await Client.RaiseEvent("i", "go", 1));
        AssertCompleted(20, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task The_time_does_not_change_within_a_turn_and_is_the_same_in_a_replay()
    {
        Orchestrator(async context =>
        {
            var first = context.Now;
            var again = context.Now;
            await context.ExternalEvent<int>("go");
            var later = context.Now;
            await context.ExternalEvent<int>("go");
            return new[] { first, again, later };
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Pass(TimeSpan.FromSeconds(1));
        await Client.RaiseEvent("i", "go", 1);
        await Restart();
        await Pass(TimeSpan.FromSeconds(1));
        await Client.RaiseEvent("i", "go", 1);
        var times = (await Client.WaitForEnd("i")).Output!.Value.Deserialize<DateTimeOffset[]>(DurableJson.Options)!;
        Assert.Equal(times[0], times[1]);
        Assert.True(times[2] > times[1]);
    }

    [Fact]
    public async Task What_has_happened_before_is_replayed_and_what_has_not_is_not()
    {
        Orchestrator(async context =>
        {
            if (!context.IsReplaying)
                Log("begun");
            await context.ExternalEvent<int>("go");
            if (!context.IsReplaying)
                Log("went on");
            return context.IsReplaying;
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Restart();
        await Client.RaiseEvent("i", "go", 1);
        AssertCompleted(false, await Client.WaitForEnd("i"));
        Assert.Equal(["begun", "went on"], _log);
    }

    private sealed record Order(string Id, int Count);

    private sealed class Gate
    {
        public SemaphoreSlim Reached { get; } = new(0);

        public SemaphoreSlim Open { get; } = new(0);
    }
}
