using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Tests.Execution;

public sealed class RunSlotsTests
{
    [Fact]
    public async Task A_backfill_leaves_the_last_slot_to_what_is_wanted_now()
    {
        var slots = new RunSlots(3);
        using var first = await slots.Take(RunLane.Backfill, CancellationToken.None);
        using var second = await slots.Take(RunLane.Backfill, CancellationToken.None);
        var third = slots.Take(RunLane.Backfill, CancellationToken.None);

        using var fresh = await slots.Take(RunLane.Fresh, CancellationToken.None);

        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task What_is_wanted_now_goes_before_a_backfill_that_has_waited_longer()
    {
        var slots = new RunSlots(1);
        var running = await slots.Take(RunLane.Fresh, CancellationToken.None);
        var backfill = slots.Take(RunLane.Backfill, CancellationToken.None);
        var fresh = slots.Take(RunLane.Fresh, CancellationToken.None);

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
        var running = await slots.Take(RunLane.Fresh, CancellationToken.None);
        using var leaving = new CancellationTokenSource();
        var left = slots.Take(RunLane.Fresh, leaving.Token);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        running.Dispose();
        running.Dispose();

        using var next = await slots.Take(RunLane.Fresh, CancellationToken.None);
        Assert.False(slots.Take(RunLane.Fresh, CancellationToken.None).IsCompleted);
    }
}
