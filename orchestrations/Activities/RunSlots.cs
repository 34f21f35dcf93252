using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>
/// How many pipelines this process runs at a time. Of one pipeline only one run has a slot: two would read the same increments. A run of the lane of
/// backfills takes a slot only while no fresh one can, and never the last one, where there is more than one: what is wanted now never waits for
/// what is past.
/// </summary>
public sealed class RunSlots
{
    private readonly Lock gate = new();
    private readonly int count;
    private readonly LinkedList<Turn> fresh = [];
    private readonly LinkedList<Turn> backfill = [];
    private readonly HashSet<string> running = new(StringComparer.Ordinal);
    private int takenByBackfill;

    /// <summary>Makes slots.</summary>
    /// <param name="count">How many; at least 1.</param>
    public RunSlots(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        this.count = count;
    }

    /// <summary>Waits for a slot.</summary>
    /// <param name="pipeline">The pipeline, by what tells it from all others.</param>
    /// <param name="lane">The lane of the run.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <returns>The slot; disposed, it is another's.</returns>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public async Task<IDisposable> Take(string pipeline, RunLane lane, CancellationToken ct)
    {
        var turn = new Turn(pipeline, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            Waiting(lane).AddLast(turn);
            Give();
        }
        JobTelemetry.Wait(lane, 1);
        try
        {
            await using (ct.Register(() => Leave(turn, lane, ct)))
                await turn.Begins.Task;
        }
        finally
        {
            JobTelemetry.Wait(lane, -1);
        }
        return new Slot(this, pipeline, lane);
    }

    private LinkedList<Turn> Waiting(RunLane lane) => lane == RunLane.Fresh ? fresh : backfill;

    private void Leave(Turn turn, RunLane lane, CancellationToken ct)
    {
        lock (gate)
            if (Waiting(lane).Remove(turn))
                turn.Begins.SetCanceled(ct);
    }

    private void Give()
    {
        while (running.Count < count && Next(fresh) is { } next)
            Begin(fresh, next);
        while (running.Count < count && takenByBackfill < Math.Max(1, count - 1) && Next(backfill) is { } next)
        {
            takenByBackfill++;
            Begin(backfill, next);
        }
    }

    /// <summary>The first that waits for nothing but a slot.</summary>
    private Turn? Next(LinkedList<Turn> waiting) => waiting.FirstOrDefault(turn => !running.Contains(turn.Pipeline));

    private void Begin(LinkedList<Turn> waiting, Turn turn)
    {
        waiting.Remove(turn);
        running.Add(turn.Pipeline);
        turn.Begins.SetResult();
    }

    private void Return(string pipeline, RunLane lane)
    {
        lock (gate)
        {
            running.Remove(pipeline);
            takenByBackfill -= lane == RunLane.Backfill ? 1 : 0;
            Give();
        }
    }

    private sealed record Turn(string Pipeline, TaskCompletionSource Begins);

    private sealed class Slot(RunSlots slots, string pipeline, RunLane lane) : IDisposable
    {
        private int isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReturned, 1) == 0)
                slots.Return(pipeline, lane);
        }
    }
}
