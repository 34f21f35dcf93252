using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Execution;

public sealed class BackfillTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly RunningHub hub = new();

    public BackfillTests()
    {
        hub.Pipeline("good");
        hub.Job("""<pipelineRef id="good"/>""");
        hub.Open();
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    private BackfillControl Backfills => new(hub.Jobs);

    private static BackfillWish Wish(string from, string to, string job = "job") =>
        new(DocumentKind.Job, new DocumentAddress("shop", "service", job), DateOnly.Parse(from), DateOnly.Parse(to));

    [Fact]
    public async Task Each_date_of_a_range_is_run_once()
    {
        var backfill = await Backfills.Start(Wish("2026-01-30", "2026-02-02") with { MaxParallel = 2 }, "tester", CancellationToken.None);

        var ended = await End(backfill.Id);

        Assert.Equal(BackfillStatus.Completed, ended.Status);
        Assert.Equal(["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"], ended.Days.Select(d => $"{d.Date:yyyy-MM-dd}"));
        Assert.All(ended.Days, d => Assert.Equal(JobStatus.Completed, d.Status));
        Assert.Equal(8, hub.Rows("good"));
        var run = hub.Jobs.Documents.Find(ended.Days[1].RunId)!;
        Assert.Equal((RunLane.Backfill, backfill.Id, "2026-01-31"), (run.Lane, run.BackfillId, run.Parameters["runDate"]));
    }

    [Fact]
    public async Task Only_what_is_missing_or_has_failed_is_run()
    {
        await hub.Run("job", ("runDate", "2026-03-02"));
        hub.Pipeline("good", "landing/missing.csv");
        await hub.Run("job", ("runDate", "2026-03-03"));

        Assert.Equal(["03-01", "03-03"], Dates(Wish("2026-03-01", "2026-03-03")));
        Assert.Equal(["03-03"], Dates(Wish("2026-03-01", "2026-03-03") with { Scope = BackfillScope.Failed }));
        Assert.Equal(
            ["03-03", "03-02", "03-01"],
            Dates(Wish("2026-03-01", "2026-03-03") with { Scope = BackfillScope.All, NewestFirst = true })
        );
    }

    [Fact]
    public async Task A_paused_backfill_starts_nothing_until_it_is_resumed_in_another_process_too()
    {
        hub.Job("""<approval id="ask"/><pipelineRef id="good" dependsOn="ask"/>""", id: "asking");
        var backfill = await Backfills.Start(Wish("2026-01-01", "2026-01-02", "asking"), "tester", CancellationToken.None);
        await Asked(backfill.Days[0].RunId);
        await Backfills.Pause(backfill.Id, CancellationToken.None);
        await Until(backfill.Id, b => b.Status == BackfillStatus.Paused);
        await Approve(backfill.Days[0].RunId);
        await Until(backfill.Id, b => b.Days[0].Status == JobStatus.Completed);

        await hub.Close();
        hub.Open();
        Assert.Null(hub.Jobs.Documents.Find(backfill.Days[1].RunId));
        await Backfills.Resume(backfill.Id, CancellationToken.None);
        await Asked(backfill.Days[1].RunId);
        await Approve(backfill.Days[1].RunId);

        Assert.Equal(BackfillStatus.Completed, (await End(backfill.Id)).Status);
        Assert.Equal(4, hub.Rows("good"));
    }

    [Fact]
    public async Task A_cancelled_backfill_ends_with_the_runs_that_go_on()
    {
        hub.Job("""<approval id="ask"/>""", id: "asking");
        var backfill = await Backfills.Start(Wish("2026-01-01", "2026-01-05", "asking"), "tester", CancellationToken.None);
        await Asked(backfill.Days[0].RunId);

        await Backfills.Cancel(backfill.Id, CancellationToken.None);
        var ended = await End(backfill.Id);

        Assert.Equal(BackfillStatus.Cancelled, ended.Status);
        Assert.Equal(JobStatus.Cancelled, (await hub.End(backfill.Days[0].RunId)).Status);
        Assert.Null(ended.Days[1].Status);
    }

    [Fact]
    public async Task A_run_that_begins_when_its_backfill_was_cancelled_does_nothing()
    {
        hub.Job("""<approval id="ask"/>""", id: "asking");
        var backfill = await Backfills.Start(Wish("2026-01-01", "2026-01-01", "asking"), "tester", CancellationToken.None);
        await Asked(backfill.Days[0].RunId);
        await Backfills.Cancel(backfill.Id, CancellationToken.None);
        await End(backfill.Id);

        var late = new StartRequest
        {
            Kind = DocumentKind.Job,
            Document = new DocumentAddress("shop", "service", "job"),
            RunId = "late",
            Trigger = new RunTrigger(TriggerKind.Backfill, "tester", backfill.Id),
            Lane = RunLane.Backfill,
            BackfillId = backfill.Id,
        };
        await hub.Starter.Start(late, CancellationToken.None);

        Assert.Equal((JobStatus.Cancelled, 0), ((await hub.End("late")).Status, hub.Rows("good")));
    }

    private string[] Dates(BackfillWish wish) => [.. Backfills.Plan(wish).Select(d => $"{d:MM-dd}")];

    private Task<JobRun> Asked(string runId) => hub.Until(runId, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));

    private Task Approve(string runId) =>
        hub.Control.Decide(runId, "ask", new ApprovalDecision(true, "ann", null, DateTimeOffset.UtcNow), CancellationToken.None);

    private async Task<Backfill> End(string id)
    {
        await hub.Jobs.Client.WaitForEnd(id);
        return Backfills.Find(id)!;
    }

    private async Task Until(string id, Func<Backfill, bool> awaited)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!awaited(Backfills.Find(id)!))
            await timer.WaitForNextTickAsync();
    }
}
