using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>
/// How many pipelines this process runs at a time. A run of the lane of backfills takes a slot only while no fresh one waits, and never the last one,
/// where there is more than one: what is wanted now never waits for what is past.
/// </summary>
public sealed class RunSlots
{
    private readonly Lock gate = new();
    private readonly int count;
    private readonly LinkedList<TaskCompletionSource> fresh = [];
    private readonly LinkedList<TaskCompletionSource> backfill = [];
    private int taken;
    private int takenByBackfill;

    /// <summary>Makes slots.</summary>
    /// <param name="count">How many; at least 1.</param>
    public RunSlots(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        this.count = count;
    }

    /// <summary>Waits for a slot.</summary>
    /// <param name="lane">The lane of the run.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <returns>The slot; disposed, it is another's.</returns>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public async Task<IDisposable> Take(RunLane lane, CancellationToken ct)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            (lane == RunLane.Fresh ? fresh : backfill).AddLast(turn);
            Give();
        }
        JobTelemetry.Wait(lane, 1);
        try
        {
            await using (ct.Register(() => Leave(turn, lane, ct)))
                await turn.Task;
        }
        finally
        {
            JobTelemetry.Wait(lane, -1);
        }
        return new Slot(this, lane);
    }

    private void Leave(TaskCompletionSource turn, RunLane lane, CancellationToken ct)
    {
        lock (gate)
            if ((lane == RunLane.Fresh ? fresh : backfill).Remove(turn))
                turn.SetCanceled(ct);
    }

    private void Give()
    {
        while (taken < count && fresh.First is { } next)
        {
            fresh.RemoveFirst();
            taken++;
            next.Value.SetResult();
        }
        while (taken < count && takenByBackfill < Math.Max(1, count - 1) && backfill.First is { } next)
        {
            backfill.RemoveFirst();
            taken++;
            takenByBackfill++;
            next.Value.SetResult();
        }
    }

    private void Return(RunLane lane)
    {
        lock (gate)
        {
            taken--;
            takenByBackfill -= lane == RunLane.Backfill ? 1 : 0;
            Give();
        }
    }

    private sealed class Slot(RunSlots slots, RunLane lane) : IDisposable
    {
        private int isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReturned, 1) == 0)
                slots.Return(lane);
        }
    }
}
