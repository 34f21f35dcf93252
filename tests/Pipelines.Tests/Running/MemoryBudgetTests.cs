using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

/// <summary>Data that is larger than the memory of a run.</summary>
public sealed class MemoryBudgetTests : IDisposable
{
    private readonly PipelineHub hub = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_sort_larger_than_its_memory_runs_on_as_few_threads_as_that_takes()
    {
        var file = hub.Write("landing/rows.csv", "");
        hub.Query($"COPY (SELECT hash(i)::VARCHAR AS id, repeat(md5(i::VARCHAR), 3) AS v FROM range(1_000_000) t(i)) TO '{file}'");
        var document = hub.Pipeline(
            """<csv id="rows" path="landing/rows.csv"/>""",
            """<sort source="rows" orderBy="id"/>""",
            """<hive source="rows" table="staging.rows" mode="overwrite"/>"""
        );
        // Half of so little is the engine's. A merge of the sorted runs on two threads does not fit into that, one on one does.
        var report = new PipelineRunner(hub.Root, new RunOptions { MemoryLimitBytes = 128_000_000, Threads = 2 }, hub.Time).Run(
            new RunRequest(document)
        );

        Assert.True(report.Status == RunStatus.Succeeded, report.Error + "; " + report.Hint);
        Assert.Equal(
            [
                [1_000_000L, 1_000_000L],
            ],
            hub.Table("staging.rows", "count(*), count(DISTINCT id)", "1")
        );
    }
}
