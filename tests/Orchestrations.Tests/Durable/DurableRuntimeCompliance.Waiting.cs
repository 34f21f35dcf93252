using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Tests.Durable;

/// <summary>Timers and events.</summary>
public abstract partial class DurableRuntimeCompliance
{
    [Fact]
    public async Task A_timer_ends_when_it_is_due_also_after_a_crash()
    {
        Orchestrator(async context =>
        {
            var due = context.Now + TimeSpan.FromSeconds(2);
            await context.Timer(due, default);
            return context.Now >= due;
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Restart();
        await Pass(TimeSpan.FromSeconds(3));
        AssertCompleted(true, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task A_timer_that_is_past_ends_at_once()
    {
        Orchestrator(async context =>
        {
            await context.Timer(context.Now - TimeSpan.FromDays(1), default);
            return 1;
        });
        AssertCompleted(1, await Run());
    }

    [Fact]
    public async Task A_timer_that_is_cancelled_ends_as_cancelled_and_keeps_nothing_open()
    {
        Orchestrator(async context =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.Timer(context.Now + TimeSpan.FromDays(1000), cancel.Token);
            await context.ExternalEvent<int>("go");
            cancel.Cancel();
            try
            {
                await timer;
                return "due";
            }
            catch (OperationCanceledException)
            {
                return "cancelled";
            }
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Restart();
        await Client.RaiseEvent("i", "go", 1);
        AssertCompleted("cancelled", await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task An_instance_stays_open_until_all_that_it_has_called_has_ended()
    {
        var gate = Gated("wait");
        Orchestrator(context =>
        {
            _ = context.CallActivity<string>("wait", "");
            return Task.FromResult("returned");
        });
        await Begin();
        await Client.Start("main", "i", null);
        await gate.Reached.WaitAsync();
        Assert.Equal(InstanceStatus.Running, (await Until("i", state => state.Status != InstanceStatus.Pending)).Status);
        gate.Open.Release();
        AssertCompleted("returned", await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task An_event_is_kept_until_it_is_waited_for_and_its_name_has_no_case()
    {
        var gate = Gated("wait");
        Orchestrator(async context =>
        {
            await context.CallActivity<string>("wait", "");
            return await context.ExternalEvent<int>("APPROVED") + await context.ExternalEvent<int>("approved");
        });
        await Begin();
        await Client.Start("main", "i", null);
        Assert.True(await Client.RaiseEvent("i", "Approved", 1));
        Assert.True(await Client.RaiseEvent("i", "other", 100));
        gate.Open.Release();
        Assert.True(await Client.RaiseEvent("i", "approved", 10));
        AssertCompleted(11, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task Of_several_that_wait_for_an_event_the_first_gets_it()
    {
        Orchestrator(async context =>
        {
            var first = context.ExternalEvent<int>("n");
            var second = context.ExternalEvent<int>("n");
            return (await first * 10) + await second;
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Client.RaiseEvent("i", "n", 1);
        await Restart();
        await Client.RaiseEvent("i", "n", 2);
        AssertCompleted(12, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task One_who_no_longer_waits_for_an_event_does_not_get_it()
    {
        Orchestrator(async context =>
        {
            using var cancel = new CancellationTokenSource();
            var first = context.ExternalEvent<int>("n", cancel.Token);
            cancel.Cancel();
            var second = await context.ExternalEvent<int>("n");
            return first.IsCanceled ? second : -1;
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Client.RaiseEvent("i", "n", 7);
        AssertCompleted(7, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task What_comes_first_wins_and_the_timer_of_the_other_is_cancelled()
    {
        Orchestrator(async context =>
        {
            using var cancel = new CancellationTokenSource();
            var approval = context.ExternalEvent<string>("approval");
            var late = context.Timer(context.Now + TimeSpan.FromDays(30), cancel.Token);
            if (await Task.WhenAny(approval, late) == late)
                return "late";
            cancel.Cancel();
            return await approval;
        });
        await Begin();
        await Client.Start("main", "i", null);
        await Client.RaiseEvent("i", "approval", "yes");
        AssertCompleted("yes", await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task An_event_for_an_instance_that_is_not_there_or_has_ended_is_refused()
    {
        Orchestrator(_ => Task.FromResult(1));
        await Run();
        Assert.False(await Client.RaiseEvent("i", "e", 1));
        Assert.False(await Client.RaiseEvent("no", "e", 1));
    }

    [Fact]
    public async Task Continuing_as_new_begins_anew_with_its_input_and_the_events_that_nobody_has_waited_for()
    {
        Tasks.AddOrchestrator<int, int>(
            "main",
            async (context, sum) =>
            {
                var n = await context.ExternalEvent<int>("n");
                if (n == 0)
                    return sum;
                context.ContinueAsNew(sum + n);
                return -1;
            }
        );
        await Begin();
        await Client.Start("main", "i", 0);
        for (var n = 10; n > 0; n--)
            Assert.True(await Client.RaiseEvent("i", "n", n));
        await Restart();
        Assert.True(await Client.RaiseEvent("i", "n", 0));
        AssertCompleted(55, await Client.WaitForEnd("i"));
    }

    [Fact]
    public async Task Continuing_as_new_may_leave_events_behind()
    {
        var gate = Gated("wait");
        Tasks.AddOrchestrator<bool, string>(
            "main",
            async (context, isAgain) =>
            {
                await context.CallActivity<string>("wait", "");
                if (isAgain)
                    return await context.ExternalEvent<string>("e");
                context.ContinueAsNew(true, keepEvents: false);
                return "";
            }
        );
        await Begin();
        await Client.Start("main", "i", false);
        await Client.RaiseEvent("i", "e", "old");
        await gate.Reached.WaitAsync();
        gate.Open.Release();
        await gate.Reached.WaitAsync();
        await Client.RaiseEvent("i", "e", "new");
        gate.Open.Release();
        AssertCompleted("new", await Client.WaitForEnd("i"));
    }
}
