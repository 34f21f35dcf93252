using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>Runs a job for one date after the other, some at a time, and can be paused in between. A long one begins its history anew now and then.</summary>
public sealed class BackfillOrchestrator
{
    /// <summary>The name it is registered by.</summary>
    public const string Name = "backfill";

    // Each date is about ten events.
    private const int DatesOfOneHistory = 200;

    private readonly IOrchestrationContext context;
    private readonly string id;
    private readonly List<Task<string>> open = [];
    private int next;
    private bool isPaused;
    private bool isCancelled;

    private BackfillOrchestrator(IOrchestrationContext context, BackfillInput input) =>
        (this.context, id, next, isPaused) = (context, input.BackfillId, input.Next, input.IsPaused);

    /// <summary>Runs a backfill to its end.</summary>
    /// <exception cref="TaskFailedException">What it is written down with could not be reached for an hour.</exception>
    public static async Task<bool> Run(IOrchestrationContext context, BackfillInput input)
    {
        using var waiting = new CancellationTokenSource();
        var backfill = new BackfillOrchestrator(context, input);
        var size = await context.Bookkeep<BackfillSize>(BackfillActivities.Begin, input);
        var isDone = await backfill.Run(size, input.Next, waiting.Token);
        // What waits for an event keeps the history open.
        waiting.Cancel();
        if (isDone)
            await context.Bookkeep<bool>(BackfillActivities.Change, new BackfillChange(input.BackfillId, null));
        else
            context.ContinueAsNew(new BackfillInput(input.BackfillId, backfill.next, backfill.isPaused));
        return isDone;
    }

    /// <summary>Runs dates; false where the history is long enough, and no date is under way.</summary>
    private async Task<bool> Run(BackfillSize size, int first, CancellationToken waiting)
    {
        var told = context.ExternalEvent<string>(BackfillEvents.Name, waiting);
        while (true)
        {
            var last = Math.Min(size.Dates, first + DatesOfOneHistory);
            while (!isPaused && !isCancelled && next < last && open.Count < size.MaxParallel)
                open.Add(RunDate(new BackfillDate(id, next++)));
            if (open.Count == 0 && (isCancelled || next == size.Dates))
                return true;
            if (open.Count == 0 && next == last)
                return false;
            var done = await Task.WhenAny([.. open, told]);
            if (done != told)
            {
                open.Remove(done);
                continue;
            }
            await Take(await told);
            told = context.ExternalEvent<string>(BackfillEvents.Name, waiting);
        }
    }

    private async Task Take(string what)
    {
        isCancelled |= what == BackfillEvents.Cancel;
        isPaused = what == BackfillEvents.Pause || (isPaused && what != BackfillEvents.Resume);
        await context.Bookkeep<bool>(BackfillActivities.Change, new BackfillChange(id, what));
    }

    private async Task<string> RunDate(BackfillDate date)
    {
        if (await context.Bookkeep<string>(BackfillActivities.BeginDate, date) is not { Length: > 0 } runId)
            return "";
        JobStatus? status;
        try
        {
            status = (await context.CallOrchestrator<JobOutcome>(JobOrchestrator.Name, new JobInput(runId), runId)).Status;
        }
        catch (TaskFailedException)
        {
            status = null;
        }
        await context.Bookkeep<bool>(BackfillActivities.EndDate, new BackfillDateEnd(date, status));
        return runId;
    }
}
