using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>What a backfill's orchestration calls: each activity may be done again, and does no harm then.</summary>
public sealed class BackfillActivities(JobHub hub)
{
    /// <summary>Tells how large the backfill is.</summary>
    public const string Begin = "backfill.begin";

    /// <summary>Makes the run of a date ready; empty where it cannot be.</summary>
    public const string BeginDate = "backfill.beginDate";

    /// <summary>Writes down how the run of a date ended.</summary>
    public const string EndDate = "backfill.endDate";

    /// <summary>Writes down where the backfill stands.</summary>
    public const string Change = "backfill.change";

    private readonly BackfillControl backfills = new(hub);

    internal static DurableTasks AddTo(DurableTasks tasks, JobHub hub)
    {
        var activities = new BackfillActivities(hub);
        return tasks
            .AddOrchestrator<BackfillInput, bool>(BackfillOrchestrator.Name, BackfillOrchestrator.Run)
            .AddActivity<BackfillInput, BackfillSize>(Begin, (_, input) => Task.FromResult(activities.Size(input)))
            .AddActivity<BackfillDate, string>(BeginDate, (call, date) => activities.Start(date, call.Cancellation))
            .AddActivity<BackfillDateEnd, bool>(EndDate, (call, end) => activities.Ended(end, call.Cancellation))
            .AddActivity<BackfillChange, bool>(Change, (call, change) => activities.Changed(change, call.Cancellation));
    }

    private BackfillSize Size(BackfillInput input)
    {
        var backfill = Read(input.BackfillId);
        return new BackfillSize(backfill.Days.Count, backfill.MaxParallel);
    }

    private async Task<string> Start(BackfillDate date, CancellationToken ct)
    {
        var backfill = Read(date.BackfillId);
        var day = backfill.Days[date.Index];
        try
        {
            new JobStarter(hub).Write(
                new StartRequest
                {
                    Kind = backfill.Kind,
                    Document = backfill.Document,
                    RunId = day.RunId,
                    // Paths that hold the run's time are those that the run would have had on its day.
                    Parameters = new Dictionary<string, string>(backfill.Parameters)
                    {
                        ["runDate"] = $"{day.Date:yyyy-MM-dd}",
                        ["runTime"] = $"{day.Date:yyyy-MM-dd}T00:00:00Z",
                    },
                    Trigger = new RunTrigger(TriggerKind.Backfill, backfill.By, backfill.Id),
                    BusinessDate = day.Date,
                    Lane = RunLane.Backfill,
                    BackfillId = backfill.Id,
                }
            );
            await Set(date, day with { Status = JobStatus.Queued }, ct);
            return day.RunId;
        }
        catch (Exception e) when (e is InvalidDocumentException or RunException { IsTransient: false })
        {
            await Set(date, day with { Status = JobStatus.Failed, Error = NodeFailure.Of(backfill.Document.ToString(), e).Message }, ct);
            return "";
        }
    }

    private async Task<bool> Ended(BackfillDateEnd end, CancellationToken ct)
    {
        var day = Read(end.Date.BackfillId).Days[end.Date.Index];
        var error = hub.Documents.Find(day.RunId)?.Error?.Message;
        await Set(end.Date, day with { Status = end.Status ?? JobStatus.Failed, Error = error }, ct);
        return true;
    }

    private async Task<bool> Changed(BackfillChange change, CancellationToken ct)
    {
        var now = hub.Time.GetUtcNow();
        var after = await backfills
            .Document(change.BackfillId)
            .Update(
                before =>
                    before is null or { HasEnded: true }
                        ? before
                        : change.Event switch
                        {
                            BackfillEvents.Pause => before with { Status = BackfillStatus.Paused },
                            BackfillEvents.Resume => before with { Status = BackfillStatus.Running },
                            BackfillEvents.Cancel => before with { Status = BackfillStatus.Cancelled, Ended = now },
                            _ => before with { Status = Ending(before), Ended = now },
                        },
                ct
            );
        if (change.Event == BackfillEvents.Cancel)
            foreach (var day in after!.Days.Where(d => d.Status is JobStatus.Queued or JobStatus.Running))
                await hub.Client.RaiseEvent(day.RunId, JobEvents.Cancel, new CancelRequest(after.By, Stop: true), ct);
        return true;
    }

    private static BackfillStatus Ending(Backfill backfill) =>
        backfill.Days.All(d => d.Status == JobStatus.Completed) ? BackfillStatus.Completed : BackfillStatus.CompletedWithErrors;

    private Backfill Read(string id) =>
        backfills.Find(id) ?? throw new RunException($"there is no document of backfill {id}", "start it again");

    private async Task Set(BackfillDate date, BackfillDay day, CancellationToken ct) =>
        await backfills
            .Document(date.BackfillId)
            .Update(
                before =>
                    before is null || before.Days[date.Index] == day
                        ? before
                        : before with
                        {
                            Days = [.. before.Days.Select((d, i) => i == date.Index ? day : d)],
                        },
                ct
            );
}
