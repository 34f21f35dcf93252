using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class HistoryFoldTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly TestClock clock = new();
    private readonly RunDocuments documents;

    public HistoryFoldTests() => documents = new(hub.Root.Storage);

    public void Dispose() => hub.Dispose();

    [Fact]
    public void What_has_ended_goes_into_the_tables_and_what_goes_on_stays()
    {
        documents.Write(Ended("r1"));
        documents.Write(Samples.Job("r2"));
        WriteReport("r1.load", 1, "failed");
        var result = Fold();
        Assert.Equal((1, 1), (result.JobRuns, result.PipelineRuns));
        Assert.Equal("r2", Assert.Single(documents.List().Runs).RunId);
        Assert.Empty(RunRecord.List(hub.Root.Storage));
        Assert.Equal(
            [
                ["r1", "completed", 60.0, 200L, "ann", "cli"],
            ],
            Rows("job_runs", "run_id, status, seconds, rows_read, triggered_by, trigger")
        );
        Assert.Equal(
            [
                ["r1", "a", 0, "succeeded", 90L],
                ["r1", "b", 1, "succeeded", 90L],
            ],
            Rows("node_runs", "run_id, node, position, status, rows_written")
        );
        Assert.Equal(
            [
                ["r1.load", 1, "failed", "transient", 7L, 1L, 5L, 512L],
            ],
            Rows("pipeline_runs", "run_id, attempt, status, error_class, rows_read, rows_rejected, rows_written, bytes")
        );
        Assert.Equal((0, 0), (Fold().JobRuns, Fold().PipelineRuns));
    }

    [Fact]
    public void A_document_that_is_written_once_more_after_it_was_folded_adds_nothing()
    {
        documents.Write(Ended("r1"));
        Fold();
        documents.Write(Ended("r1"));
        Assert.Equal(0, Fold().JobRuns);
        Assert.Empty(documents.List().Runs);
        Assert.Single(Rows("job_runs", "run_id"));
        Assert.Equal(2, Rows("node_runs", "node").Count);
    }

    [Fact]
    public void Each_attempt_of_a_run_of_a_pipeline_is_kept()
    {
        WriteReport("r1.load", 1, "failed");
        Fold();
        WriteReport("r1.load", 2, "succeeded");
        Fold();
        Assert.Equal(
            [
                [1, "failed"],
                [2, "succeeded"],
            ],
            Rows("pipeline_runs", "attempt, status")
        );
        using var history = new RunHistory(hub.Root, documents, clock);
        Assert.Contains("\"attempt\": 2", history.PipelineReports("r1.load")[0], StringComparison.Ordinal);
        Assert.Equal(2, history.PipelineReports("r1.load").Count);
    }

    [Fact]
    public void A_damaged_document_is_left_and_named()
    {
        documents.Write(Ended("r1"));
        hub.Write("data/ops/jobs/r2/run.json", "{");
        hub.Write("data/ops/runs/r3.json", "{ \"runId\": \"r3\" }");
        var result = Fold();
        Assert.Equal(["data/ops/jobs/r2/run.json", "data/ops/runs/r3.json"], result.Damaged);
        Assert.Equal(1, result.JobRuns);
        Assert.True(File.Exists(Path.Combine(hub.Folder, "data/ops/runs/r3.json")));
    }

    [Fact]
    public void Who_is_second_to_fold_leaves_it_to_the_first()
    {
        documents.Write(Ended("r1"));
        using (hub.Root.Storage.TryLock(".hub/locks/history.lock"))
            Assert.Equal(0, Fold().JobRuns);
        Assert.Equal(1, Fold().JobRuns);
    }

    /// <summary>Each change of the storage is a place to die at: before it, or after it without knowing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whoever_dies_folding_leaves_no_run_lost_or_doubled(bool after)
    {
        for (var change = 0; ; change++)
        {
            using var one = new TestHub();
            var before = new RunDocuments(one.Root.Storage);
            before.Write(Ended("r1"));
            before.Write(Ended("r2"));
            WriteReport("r1.load", 1, "failed", one);
            var (storage, state) = DyingStorage.Of(one.Root.Storage, change, after);
            try
            {
                new HistoryFold(storage, Path.Combine(one.Folder, ".hub/work"), new RunDocuments(storage), clock).Run();
            }
            catch (Exception e) when (e is DeathException or LakeException or AggregateException)
            {
                Assert.True(state.IsDead, e.ToString());
            }
            new HistoryFold(one.Root, before, clock).Run();
            Assert.Equal(
                [
                    ["r1"],
                    ["r2"],
                ],
                Rows("job_runs", "run_id", one)
            );
            Assert.Equal(
                [
                    ["r1", "a"],
                    ["r1", "b"],
                    ["r2", "a"],
                    ["r2", "b"],
                ],
                Rows("node_runs", "run_id, node", one)
            );
            Assert.Equal(
                [
                    ["r1.load", 1],
                ],
                Rows("pipeline_runs", "run_id, attempt", one)
            );
            Assert.Empty(before.List().Runs);
            Assert.Empty(RunRecord.List(one.Root.Storage));
            if (!state.IsDead)
            {
                Assert.True(change > 10, $"It died at {change} places only.");
                return;
            }
        }
    }

    private FoldResult Fold() => new HistoryFold(hub.Root, documents, clock).Run();

    private static JobRun Ended(string id) => Samples.Job(id, JobStatus.Completed) with { Nodes = [Samples.Node("a"), Samples.Node("b")] };

    private void WriteReport(string runId, int attempt, string status, TestHub? to = null)
    {
        var failed = status == "failed" ? """ "error": "the disk is full", "isTransient": true,""" : "";
        (to ?? hub).Write(
            $"data/ops/runs/{runId}.json",
            $$"""
            { "runId": "{{runId}}", "attempt": {{attempt}}, "app": "sales", "layer": "staging", "pipeline": "load", "version": "1.0", "revision": "00",
              "status": "{{status}}", "started": "2026-03-02T08:00:00Z", "ended": "2026-03-02T08:00:0{{attempt}}Z", {{failed}}
              "sources": [{ "name": "s", "kind": "csv", "rows": 7, "rejectedRows": 1, "files": 1, "bytes": 99 }],
              "targets": [{ "name": "t", "kind": "hive", "place": "table x", "rows": 5, "bytes": 512, "files": 1, "alreadyCommitted": false, "detail": {}, "numbers": [] }],
              "findings": [{ "severity": "note", "rule": "HUB1" }] }
            """
        );
    }

    private List<object?[]> Rows(string table, string columns, TestHub? of = null)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        using var scan = new DeltaTable(new LocalStorage((of ?? hub).Folder), $"data/ops/{table}").TryRead()!.Scan(connection);
        using var result = connection.Query($"SELECT {columns} FROM (\n{scan.Sql}\n) ORDER BY ALL");
        return [.. result.Rows()];
    }
}
