using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Tests.Durable;

/// <summary>What is done to instances from outside, what is seen of them, and what survives.</summary>
public abstract partial class DurableRuntimeCompliance
{
    [Fact]
    public async Task An_id_is_started_once_and_is_free_again_when_it_is_purged()
    {
        Tasks.AddOrchestrator<int, int>("main", (_, n) => Task.FromResult(n));
        AssertCompleted(1, await Run(1));
        Assert.False(await Client.Start("main", "i", 2));
        AssertCompleted(1, (await Client.Find("i"))!);
        Assert.True(await Client.Purge("i"));
        Assert.Null(await Client.Find("i"));
        Assert.False(await Client.Purge("i"));
        Assert.True(await Client.Start("main", "i", 3));
        AssertCompleted(3, await Client.WaitForEnd("i"));
        await Restart();
        AssertCompleted(3, (await Client.Find("i"))!);
    }

    [Fact]
    public async Task An_instance_that_is_open_is_not_purged()
    {
        Orchestrator(context => context.ExternalEvent<int>("go"));
        await Begin();
        await Client.Start("main", "i", null);
        Assert.False(await Client.Purge("i"));
        Assert.True(await Client.RaiseEvent("i", "go", 4));
        AssertCompleted(4, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task A_suspended_instance_goes_on_only_when_it_is_resumed_and_with_all_that_has_come()
    {
        Orchestrator(async context => await context.ExternalEvent<int>("n") + await context.ExternalEvent<int>("n"));
        await Begin();
        await Client.Start("main", "i", null);
        Assert.False(await Client.Resume("i", null));
        Assert.True(await Client.Suspend("i", "wait"));
        Assert.Equal(InstanceStatus.Suspended, (await Client.Find("i"))!.Status);
        Assert.True(await Client.RaiseEvent("i", "n", 1));
        await Restart();
        Assert.Equal(InstanceStatus.Suspended, (await Client.Find("i"))!.Status);
        Assert.True(await Client.RaiseEvent("i", "n", 2));
        Assert.Equal(InstanceStatus.Suspended, (await Client.Find("i"))!.Status);
        Assert.True(await Client.Resume("i", null));
        AssertCompleted(3, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task Terminating_ends_an_instance_and_those_that_it_has_called()
    {
        Tasks.AddOrchestrator<int, int>(
            "down",
            (context, depth) =>
                depth == 0 ? context.ExternalEvent<int>("never") : context.CallOrchestrator<int>("down", depth - 1, $"d{depth - 1}")
        );
        await Begin();
        await Client.Start("down", "d3", 3);
        await Until("d0", state => state.Status == InstanceStatus.Running);
        Assert.True(await Client.Terminate("d3", "enough"));
        for (var depth = 0; depth <= 3; depth++)
        {
            var state = await Client.WaitForEnd($"d{depth}");
            Assert.Equal((InstanceStatus.Terminated, "enough"), (state.Status, state.Failure?.Message));
        }
        Assert.False(await Client.Terminate("d3", "again"));
    }

    [Fact]
    public async Task A_suspended_instance_can_be_terminated()
    {
        Orchestrator(context => context.ExternalEvent<int>("never"));
        await Begin();
        await Client.Start("main", "i", null);
        await Client.Suspend("i", null);
        Assert.True(await Client.Terminate("i", null));
        Assert.Equal(InstanceStatus.Terminated, (await Client.WaitForEnd("i")).Status);
    }

    [Fact]
    public async Task A_sub_orchestration_that_is_terminated_fails_its_caller()
    {
        Tasks.AddOrchestrator<object?, int>("child", (context, _) => context.ExternalEvent<int>("never"));
        Orchestrator(context => context.CallOrchestrator<int>("child", null, "c"));
        await Begin();
        await Client.Start("main", "i", null);
        await Until("c", state => state.Status == InstanceStatus.Running);
        Assert.True(await Client.Terminate("c", "no longer needed"));
        var state = await Client.WaitForEnd("i");
        Assert.Equal(InstanceStatus.Failed, state.Status);
        Assert.Contains("no longer needed", state.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_custom_status_is_seen_while_it_runs_after_a_crash_and_when_it_has_ended()
    {
        Orchestrator(async context =>
        {
            context.SetCustomStatus(new Order("begun", 1));
            await context.ExternalEvent<int>("go");
            context.SetCustomStatus(new Order("almost", 2));
            await context.ExternalEvent<int>("go");
            return 0;
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Seen("begun");
        await Restart();
        await Seen("begun");
        await Client.RaiseEvent("i", "go", 1);
        await Seen("almost");
        await Client.RaiseEvent("i", "go", 1);
        await Client.WaitForEnd("i");
        await Seen("almost");

        async Task Seen(string id) =>
            await Until("i", state => state.CustomStatus is { } status && status.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task Instances_are_listed_in_order_by_prefix_and_status()
    {
        Tasks.AddOrchestrator<bool, int>("main", (context, waits) => waits ? context.ExternalEvent<int>("go") : Task.FromResult(1));
        await Begin();
        foreach (var (id, waits) in new[] { ("b2", true), ("a1", false), ("b1", false), ("b10", true) })
            await Client.Start("main", id, waits);
        await Client.WaitForEnd("a1");
        await Client.WaitForEnd("b1");
        foreach (var open in (string[])["b2", "b10"])
            await Until(open, state => state.Status == InstanceStatus.Running);
        Assert.Equal(["a1", "b1", "b10", "b2"], await Ids(new()));
        Assert.Equal(["b1", "b10", "b2"], await Ids(new(Prefix: "b")));
        Assert.Equal(["b10", "b2"], await Ids(new([InstanceStatus.Running])));

        async Task<List<string>> Ids(InstanceFilter filter)
        {
            var ids = new List<string>();
            await foreach (var state in Client.List(filter))
                ids.Add(state.InstanceId);
            return ids;
        }
    }

    [Fact]
    public async Task Of_an_instance_that_is_not_there_nothing_is_found_and_nothing_done()
    {
        await Begin();
        Assert.Null(await Client.Find("no"));
        Assert.False(await Client.Suspend("no", null));
        Assert.False(await Client.Resume("no", null));
        Assert.False(await Client.Terminate("no", null));
        Assert.False(await Client.Purge("no"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Client.WaitForEnd("no"));
    }

    [Fact]
    public async Task An_activity_that_ran_in_a_crash_is_made_again_and_those_before_are_not()
    {
        var gate = Gated("wait");
        Tasks.AddActivity<int, int>(
            "once",
            (_, n) =>
            {
                Log($"once {n}");
                return Task.FromResult(n);
            }
        );
        Orchestrator(async context =>
        {
            var once = await context.CallActivity<int>("once", 1);
            var waited = await context.CallActivity<string>("wait", "x");
            return $"{once}{waited}{await context.CallActivity<int>("once", 2)}";
        });
        await Begin();
        await Client.Start("main", "i", null);
        await gate.Reached.WaitAsync();
        await Restart();
        await gate.Reached.WaitAsync();
        gate.Open.Release();
        AssertCompleted("1x2", await Client.WaitForEnd("i"));
        Assert.Equal(["once 1", "once 2"], _log);
    }

    [Fact]
    public async Task A_caller_and_its_sub_orchestrations_go_on_after_a_crash()
    {
        Tasks.AddOrchestrator<int, int>("child", async (context, n) => n + await context.ExternalEvent<int>("go"));
        Orchestrator(async context =>
            (await Task.WhenAll(Enumerable.Range(0, 5).Select(n => context.CallOrchestrator<int>("child", n, $"c{n}")))).Sum()
        );
        await Begin();
        await Client.Start("main", "i", null);
        for (var n = 0; n < 5; n++)
        {
            await Until($"c{n}", _ => true);
            Assert.True(await Client.RaiseEvent($"c{n}", "go", 10));
            await Restart();
        }
        AssertCompleted(60, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task An_orchestrator_that_awaits_what_is_not_of_its_context_fails_and_is_told_so()
    {
        Orchestrator(async context =>
        {
            await Task.Delay(10_000);
            return await context.CallActivity<int>("no", null);
        });
        var state = await Run();
        Assert.Equal(InstanceStatus.Failed, state.Status);
        Assert.Contains("main", state.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrator_that_leaves_its_thread_fails()
    {
        Tasks.AddActivity<int, int>("same", (_, n) => Task.FromResult(n));
        Orchestrator(async context =>
        {
            var waits = context.ExternalEvent<int>("never");
            await Task.Run(() => { }).ConfigureAwait(false);
            await Task.WhenAny(waits, context.CallActivity<int>("same", 1));
            return 1;
        });
        Assert.Equal(InstanceStatus.Failed, (await Run()).Status);
    }
}
