using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Execution;

public sealed class RunSlotsTests
{
    [Fact]
    public async Task A_backfill_leaves_the_last_slot_to_what_is_wanted_now()
    {
        var slots = new RunSlots(3);
        using var first = await slots.Take("p1", RunLane.Backfill, CancellationToken.None);
        using var second = await slots.Take("p2", RunLane.Backfill, CancellationToken.None);
        var third = slots.Take("p3", RunLane.Backfill, CancellationToken.None);

        using var fresh = await slots.Take("p4", RunLane.Fresh, CancellationToken.None);

        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task What_is_wanted_now_goes_before_a_backfill_that_has_waited_longer()
    {
        var slots = new RunSlots(1);
        var running = await slots.Take("p5", RunLane.Fresh, CancellationToken.None);
        var backfill = slots.Take("p6", RunLane.Backfill, CancellationToken.None);
        var fresh = slots.Take("p7", RunLane.Fresh, CancellationToken.None);

        running.Dispose();
        var taken = await fresh;
        Assert.False(backfill.IsCompleted);

        taken.Dispose();
        (await backfill).Dispose();
    }

    [Fact]
    public async Task Who_waits_no_longer_leaves_no_slot_behind()
    {
        var slots = new RunSlots(1);
        var running = await slots.Take("p8", RunLane.Fresh, CancellationToken.None);
        using var leaving = new CancellationTokenSource();
        var left = slots.Take("p9", RunLane.Fresh, leaving.Token);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        running.Dispose();
        running.Dispose();

        using var next = await slots.Take("p10", RunLane.Fresh, CancellationToken.None);
        Assert.False(slots.Take("p11", RunLane.Fresh, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Two_runs_of_one_pipeline_come_one_after_the_other_and_let_others_pass()
    {
        var slots = new RunSlots(2);
        var running = await slots.Take("one", RunLane.Fresh, CancellationToken.None);
        var second = slots.Take("one", RunLane.Fresh, CancellationToken.None);

        using var other = await slots.Take("other", RunLane.Backfill, CancellationToken.None);

        Assert.False(second.IsCompleted);
        running.Dispose();
        (await second).Dispose();
    }
}
