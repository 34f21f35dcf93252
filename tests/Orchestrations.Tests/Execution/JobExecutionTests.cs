using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Execution;

/// <summary>Jobs that really run: on the embedded runtime, with pipelines that read files and write tables.</summary>
public sealed class JobExecutionTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly RunningHub hub = new();

    public JobExecutionTests()
    {
        hub.Pipeline("good");
        hub.Pipeline("next");
        hub.Pipeline("bad", "landing/missing.csv");
        hub.AwayPipeline("away");
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    [Theory]
    [InlineData("halt", JobStatus.Failed, "bad=Failed next=NotStarted")]
    [InlineData("skip", JobStatus.CompletedWithErrors, "bad=Failed next=Skipped")]
    [InlineData("continue", JobStatus.CompletedWithErrors, "bad=Failed next=Succeeded")]
    public async Task A_failure_in_a_document_is_treated_by_the_policy(string policy, JobStatus ending, string states)
    {
        hub.Job($"""<pipelineRef id="bad" onFailure="{policy}"/><pipelineRef id="next" dependsOn="bad"/>""");

        var run = await hub.Run();

        Assert.Equal((ending, states), (run.Status, RunningHub.States(run)));
        Assert.Equal(ErrorClass.Document, run.Error!.Class);
        Assert.Contains("landing/missing.csv", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal(policy == "continue" ? 2 : 0, hub.Rows("next"));
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_and_then_treated_by_the_policy()
    {
        hub.Job("""<pipelineRef id="away" onFailure="retry" maxRetries="2" retryDelay="PT0.1S" backoff="fixed" then="continue"/>""");

        var run = await hub.Run();

        Assert.Equal((JobStatus.CompletedWithErrors, 3), (run.Status, run.Nodes[0].Attempts));
        Assert.Equal(ErrorClass.Transient, run.Error!.Class);
    }

    [Fact]
    public async Task A_failure_in_a_document_is_not_tried_again()
    {
        hub.Job("""<pipelineRef id="bad" onFailure="retry" maxRetries="5" retryDelay="PT1H"/>""");

        var run = await hub.Run();

        Assert.Equal((JobStatus.Failed, 1), (run.Status, run.Nodes[0].Attempts));
    }

    [Fact]
    public async Task A_fallback_runs_in_the_place_of_what_failed()
    {
        hub.Job("""<pipelineRef id="bad" onFailure="fallback" fallback="good"/><pipelineRef id="next" dependsOn="bad"/>""");

        var run = await hub.Run();

        Assert.Equal((JobStatus.Completed, "bad=Replaced next=Succeeded"), (run.Status, RunningHub.States(run)));
        Assert.Equal((2, 2), (hub.Rows("good"), hub.Rows("next")));
        Assert.Equal($"{run.RunId}.bad.fallback", run.Nodes[0].FallbackRunId);
    }

    [Theory]
    [InlineData("good.rows_written &gt; 1", JobStatus.Completed, "good=Succeeded next=Succeeded")]
    [InlineData("good.rows_written &gt; :least", JobStatus.Completed, "good=Succeeded next=Skipped")]
    [InlineData("good.status = 'succeeded' AND good.attempts = 1", JobStatus.Completed, "good=Succeeded next=Succeeded")]
    public async Task A_condition_decides_by_what_earlier_nodes_did(string condition, JobStatus ending, string states)
    {
        hub.Job(
            $"""<pipelineRef id="good"/><pipelineRef id="next" dependsOn="good" when="{condition}"/>""",
            before: """<parameters><parameter name="least" type="int" default="10"/></parameters>"""
        );

        var run = await hub.Run();

        Assert.Equal((ending, states), (run.Status, RunningHub.States(run)));
    }

    [Theory]
    [InlineData(true, JobStatus.Completed, "ask=Succeeded next=Succeeded")]
    [InlineData(false, JobStatus.Failed, "ask=Failed next=NotStarted")]
    public async Task An_approval_waits_for_a_person(bool approved, JobStatus ending, string states)
    {
        hub.Job("""<approval id="ask" approvers="ann, bob"/><pipelineRef id="next" dependsOn="ask"/>""");
        var runId = await hub.Start();
        await hub.Until(runId, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));

        var decision = new ApprovalDecision(approved, "bob", "as agreed", DateTimeOffset.UtcNow);
        var stranger = decision with { By = "eve" };
        await Assert.ThrowsAnyAsync<Exception>(() => hub.Control.Decide(runId, "ask", stranger, CancellationToken.None));
        await hub.Control.Decide(runId, null, decision, CancellationToken.None);
        var run = await hub.End(runId);

        Assert.Equal((ending, states), (run.Status, RunningHub.States(run)));
        Assert.Equal("bob", run.Nodes[0].Decision!.By);
    }

    [Fact]
    public async Task An_approval_that_nobody_gives_in_time_has_failed()
    {
        hub.Job("""<approval id="ask" timeout="PT0.2S" onFailure="continue"/><pipelineRef id="next" dependsOn="ask"/>""");

        var run = await hub.Run();

        Assert.Equal((JobStatus.CompletedWithErrors, "ask=Failed next=Succeeded"), (run.Status, RunningHub.States(run)));
    }

    [Fact]
    public async Task A_cancelled_run_starts_nothing_more()
    {
        hub.Job("""<approval id="ask"/><pipelineRef id="next" dependsOn="ask"/>""");
        var runId = await hub.Start();
        await hub.Until(runId, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));

        await hub.Control.Cancel(runId, "tester", stop: true, CancellationToken.None);
        var run = await hub.End(runId);

        Assert.Equal((JobStatus.Cancelled, "ask=Cancelled next=NotStarted"), (run.Status, RunningHub.States(run)));
        Assert.Equal(0, hub.Rows("next"));
    }

    [Fact]
    public async Task A_job_within_a_job_gets_its_parameters_and_ends_as_a_node()
    {
        hub.Pipeline("dated", "landing/${file}.csv", """<parameter name="file" required="true"/>""");
        hub.Job(
            """<pipelineRef id="dated"/><pipelineRef id="away" onFailure="continue"/>""",
            before: """<parameters><parameter name="file"/></parameters>""",
            id: "inner"
        );
        hub.Job(
            """<jobRef id="inner"><param name="file" value="${which}"/></jobRef><pipelineRef id="next" dependsOn="inner"/>""",
            before: """<parameters><parameter name="which" required="true"/></parameters>"""
        );

        var run = await hub.Run("job", ("which", "rows"));

        Assert.Equal((JobStatus.CompletedWithErrors, "inner=Succeeded next=Succeeded"), (run.Status, RunningHub.States(run)));
        Assert.Equal(2, hub.Rows("dated"));
        Assert.Equal(run.RunId, hub.Jobs.Documents.Find(run.Nodes[0].ChildRunId!)!.ParentRunId);
    }

    [Fact]
    public async Task A_pipeline_alone_is_a_job_of_one_node()
    {
        var runId = await hub.Start("good", DocumentKind.Pipeline);

        var run = await hub.End(runId);

        Assert.Equal((JobStatus.Completed, "good=Succeeded", RunKind.Pipeline), (run.Status, RunningHub.States(run), run.Kind));
        Assert.Equal(2, hub.Rows("good"));
    }

    [Fact]
    public async Task A_run_is_pinned_to_the_documents_it_was_accepted_with()
    {
        hub.Job("""<approval id="ask"/><pipelineRef id="next" dependsOn="ask"/>""");
        var runId = await hub.Start();
        await hub.Until(runId, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));

        hub.Pipeline("next", "landing/missing.csv");
        hub.Job("""<pipelineRef id="bad"/>""");
        await hub.Control.Decide(runId, "ask", new ApprovalDecision(true, "ann", null, DateTimeOffset.UtcNow), CancellationToken.None);
        var run = await hub.End(runId);

        Assert.Equal((JobStatus.Completed, 2), (run.Status, hub.Rows("next")));
    }

    [Fact]
    public async Task A_run_goes_on_where_the_process_before_left_it()
    {
        hub.Job("""<pipelineRef id="good"/><approval id="ask" dependsOn="good"/><pipelineRef id="next" dependsOn="ask"/>""");
        var runId = await hub.Start();
        await hub.Until(runId, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));

        await hub.Close();
        hub.Open();
        await hub.Control.Decide(runId, "ask", new ApprovalDecision(true, "ann", null, DateTimeOffset.UtcNow), CancellationToken.None);
        var run = await hub.End(runId);

        Assert.Equal((JobStatus.Completed, 2, 2), (run.Status, hub.Rows("good"), hub.Rows("next")));
    }

    [Fact]
    public async Task Runs_of_a_job_with_one_place_come_one_after_the_other()
    {
        hub.Job("""<approval id="ask"/>""", "concurrency=\"1\"");
        var first = await hub.Start();
        await hub.Until(first, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));
        var second = await hub.Start();
        Assert.Equal(JobStatus.Queued, hub.Jobs.Documents.Find(second)!.Status);

        var yes = new ApprovalDecision(true, "ann", null, DateTimeOffset.UtcNow);
        await hub.Control.Decide(first, "ask", yes, CancellationToken.None);
        await hub.Until(second, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));
        await hub.Control.Decide(second, "ask", yes, CancellationToken.None);

        Assert.Equal(JobStatus.Completed, (await hub.End(second)).Status);
    }

    [Fact]
    public async Task A_run_for_which_there_is_no_place_may_be_left_out()
    {
        hub.Job("""<approval id="ask"/>""", "concurrency=\"1\" whenBusy=\"skip\"");
        var first = await hub.Start();
        await hub.Until(first, r => r.Status == JobStatus.Running);

        var second = await hub.Run();

        Assert.Equal((JobStatus.Skipped, JobStatus.Running), (second.Status, hub.Jobs.Documents.Find(first)!.Status));
    }

    [Fact]
    public async Task The_oldest_run_may_be_cancelled_for_the_newest()
    {
        hub.Job("""<approval id="ask"/>""", "concurrency=\"1\" whenBusy=\"cancelOlder\"");
        var first = await hub.Start();
        await hub.Until(first, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));

        var second = await hub.Start();

        Assert.Equal(JobStatus.Cancelled, (await hub.End(first)).Status);
        await hub.Until(second, r => r.Nodes.Any(n => n.Status == NodeStatus.WaitingForApproval));
    }

    [Fact]
    public async Task A_rerun_keeps_what_succeeded_and_goes_on_with_what_failed()
    {
        hub.Job("""<pipelineRef id="good"/><pipelineRef id="late" dependsOn="good"/><pipelineRef id="next" dependsOn="late"/>""");
        hub.Pipeline("late", "landing/late.csv");
        var failed = await hub.Run();
        Assert.Equal("good=Succeeded late=Failed next=NotStarted", RunningHub.States(failed));

        hub.Write("landing/late.csv", "id\n7\n");
        var (again, warnings) = hub.Control.Rerun(failed.RunId, new RerunWish(RerunMode.Failed, null, Latest: false, null), "tester");
        await hub.Starter.Start(again, CancellationToken.None);
        var run = await hub.End(again.RunId);

        Assert.Empty(warnings);
        Assert.Equal((JobStatus.Completed, "good=Succeeded late=Succeeded next=Succeeded"), (run.Status, RunningHub.States(run)));
        Assert.Equal(failed.RunId, run.Nodes[0].KeptFrom);
        Assert.Equal((2, 1, 2), (hub.Rows("good"), hub.Rows("late"), hub.Rows("next")));
    }

    [Fact]
    public async Task An_undone_run_leaves_its_tables_as_they_were_and_can_be_run_again()
    {
        hub.Job("""<pipelineRef id="good"/><pipelineRef id="next"/>""");
        await hub.Run();
        var second = await hub.Run();
        Assert.Equal((4, 4), (hub.Rows("good"), hub.Rows("next")));

        hub.Jobs.Undo.Undo(hub.Jobs.History.Find(second.RunId)!, "tester");

        Assert.Equal((2, 2), (hub.Rows("good"), hub.Rows("next")));
        Assert.Equal(JobStatus.Completed, (await hub.Run()).Status);
        Assert.Equal((4, 4), (hub.Rows("good"), hub.Rows("next")));
    }
}
