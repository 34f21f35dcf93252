using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Running;

public sealed class CrashTests : IDisposable
{
    private const int RowsPerFile = 20_000;
    private readonly PipelineHub hub = new();
    private readonly PostgresServer server = PostgresServer.Shared;
    private readonly string database;
    private readonly DocumentFile document;
    private int files;

    public CrashTests()
    {
        database = server.CreateDatabase();
        server.Execute(database, "CREATE TABLE t (id BIGINT)");
        hub.Write(
            "config/common/resources/db.json",
            JsonSerializer.Serialize(
                new
                {
                    jdbcUrl = server.JdbcUrl(database),
                    user = PostgresServer.User,
                    password = PostgresServer.Password,
                }
            )
        );
        document = hub.Pipeline(
            """<csv id="a" path="landing/*.csv" incremental="files"/>""",
            "",
            """
            <hive table="staging.t"/>
            <parquet path="out" mode="append"/>
            <database connectionRef="db" mode="append"><table name="t"/></database>
            """
        );
    }

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_run_that_is_killed_at_any_moment_and_repeated_writes_every_row_once_to_every_target()
    {
        var kills = Campaign.Kills(inSuite: 5);
        var random = new Random(Environment.TickCount);
        for (var kill = 0; kill < kills; kill++)
        {
            Land();
            // A run says six things before it is done: three targets are staged, and three committed; the short campaign begins there.
            using (var victim = RunProcess.Start(hub.Root.Path, "load"))
                RunProcess.Kill(victim, afterLines: (kill + 3) % 7, random);
            // The first repetition may do no more than finish what was begun.
            for (var resumed = "yes"; resumed is not null; )
                resumed = hub.Succeeds(document).Resumed;
            AssertEachRowOnce();
        }
        Assert.DoesNotContain(Directory.GetDirectories(hub.Data("")), d => Path.GetFileName(d).StartsWith('.'));
        Assert.Null(SourceState.Load(hub.Root, document.Address).Pending);
    }

    [Fact]
    public void Of_two_runs_of_a_pipeline_at_once_one_is_refused_and_no_row_is_written_twice()
    {
        Land();
        using var first = RunProcess.Start(hub.Root.Path, "load");
        using var second = RunProcess.Start(hub.Root.Path, "load");
        foreach (var run in new[] { first, second })
        {
            var said = run.StandardOutput.ReadToEnd();
            run.WaitForExit();
            Assert.True(run.ExitCode is 0 or RunProcess.Locked, said);
        }
        Assert.True(first.ExitCode == 0 || second.ExitCode == 0);
        AssertEachRowOnce();
    }

    [Fact]
    public void A_run_is_refused_while_another_of_the_same_pipeline_holds_its_lock()
    {
        Land();
        using (RunLock.Take(hub.Root, document.Address))
        {
            var refused = Assert.Throws<RunInProgressException>(() => hub.Run(document));
            Assert.Equal("another run of 'load' is going on in this hub root", refused.Message);
            Assert.True(refused.IsTransient);
        }
        hub.Succeeds(document);
    }

    [Fact]
    public void A_run_that_died_before_its_first_commit_and_cannot_be_repeated_does_not_stand_before_later_ones()
    {
        hub.Write(
            "config/applications/crm/staging/schemas/a.avsc",
            """{ "type": "record", "name": "a", "fields": [{ "name": "id", "type": "long" }] }"""
        );
        var strict = hub.Pipeline("""<csv id="a" path="landing/x.csv" schemaRef="schemas/a.avsc"/>""", "", """<hive table="staging.t"/>""");
        SourceState.Load(hub.Root, strict.Address).Begin(new PendingRun("dead", 1, new Dictionary<string, string>()));
        hub.Write("landing/x.csv", "id\nbad\n");
        Assert.Equal("dead", hub.Fails(strict).Resumed);

        hub.Write("landing/x.csv", "id\n1\n");
        Assert.Null(hub.Succeeds(strict).Resumed);
        Assert.Equal(
            [
                [1L],
            ],
            hub.Table("staging.t")
        );
    }

    private void Land()
    {
        var rows = string.Join('\n', Enumerable.Range(files * RowsPerFile, RowsPerFile));
        hub.Write($"landing/{files++}.csv", $"id\n{rows}\n");
    }

    private void AssertEachRowOnce()
    {
        long rows = files * RowsPerFile;
        object?[][] once =
        [
            [rows, rows, 0L, rows - 1],
        ];
        const string Counts = "count(*), count(DISTINCT id), min(id), max(id)";
        Assert.Equal(once, hub.Table("staging.t", Counts, orderBy: "1"));
        Assert.Equal(once, hub.Query($"SELECT {Counts} FROM read_parquet({Sql.Literal(hub.Data("out/*.parquet"))})"));
        Assert.Equal(
            $"{rows} {rows} 0 {rows - 1}",
            server.Scalar(database, "SELECT concat_ws(' ', count(*), count(DISTINCT id), min(id), max(id)) FROM t")
        );
    }
}
