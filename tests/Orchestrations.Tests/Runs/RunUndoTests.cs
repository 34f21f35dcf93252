using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class RunUndoTests : IDisposable
{
    private static readonly DocumentAddress Load = new("sales", "staging", "load");
    private readonly TestHub hub = new();
    private readonly TestClock clock = new();
    private readonly RunHistory history;
    private readonly RunUndo undo;

    public RunUndoTests()
    {
        history = new(hub.Root, new RunDocuments(hub.Root.Storage), clock);
        undo = new(hub.Root, history, clock);
        hub.Write(
            "config/applications/sales/staging/pipelines/load.xml",
            """
            <pipeline id="load" version="1.0" layer="staging">
              <sources><csv id="orders" path="landing/*.csv" incremental="files" onBadRow="quarantine" schemaRef="order.avsc"/></sources>
              <targets>
                <hive table="staging.orders"/>
                <hive table="staging.latest" mode="overwrite"/>
                <csv path="out/orders.csv" mode="overwrite"/>
              </targets>
            </pipeline>
            """
        );
        hub.Write(
            "config/applications/sales/staging/order.avsc",
            """{ "type": "record", "name": "order", "fields": [{ "name": "id", "type": "int" }] }"""
        );
    }

    public void Dispose()
    {
        history.Dispose();
        hub.Dispose();
    }

    [Fact]
    public void Every_table_is_what_it_was_and_what_was_read_is_read_again()
    {
        Run("r1.load", 1);
        Run("r2.load", 2, "bad");
        Assert.Equal("1 2 / 2", Contents());
        Assert.Equal(1, Count("orders_quarantine"));

        var plan = undo.Plan(Job("r2"));
        Assert.Empty(plan.Refusals);
        Assert.Equal(["orders_quarantine", "orders", "latest"], plan.Tables.Select(t => Path.GetFileName(t.Table)).OrderDescending());
        Assert.Contains("orders.csv", Assert.Single(plan.Others), StringComparison.Ordinal);
        Assert.Equal([1, 2], Ids("orders"));

        var record = undo.Undo(Job("r2"), "ann");
        Assert.True(record.IsComplete);
        Assert.Equal(("ann", clock.Now), (undo.Find("r2")!.By, undo.Find("r2")!.At));
        Assert.Equal("1 / 1", Contents());
        Assert.Equal(0, Count("orders_quarantine"));

        Run("r3.load", 3);
        Assert.Equal([1, 2, 3], Ids("orders"));
    }

    [Fact]
    public void Undoing_twice_is_undoing_once()
    {
        Run("r1.load", 1);
        Run("r2.load", 2);
        undo.Undo(Job("r2"), "ann");
        var version = Table("orders").TryRead()!.Version;
        Assert.True(undo.Undo(Job("r2"), "ben").IsComplete);
        Assert.Equal(version, Table("orders").TryRead()!.Version);
        Assert.Equal([1], Ids("orders"));
    }

    [Fact]
    public void A_table_that_a_later_run_has_built_on_is_named_and_nothing_is_changed()
    {
        Run("r1.load", 1);
        Run("r2.load", 2);
        Run("r3.load", 3);
        var error = Assert.Throws<RunException>(() => undo.Undo(Job("r2"), "ann"));
        Assert.Contains("orders was changed after it, by run r3.load (version 2, ", error.Message, StringComparison.Ordinal);
        Assert.Contains("run r3.load of the pipeline has read its sources on since", error.Message, StringComparison.Ordinal);
        Assert.Equal("nothing was changed", error.Hint);
        Assert.Equal("1 2 3 / 3", Contents());
        Assert.Null(undo.Find("r2"));

        undo.Undo(Job("r3"), "ann");
        Assert.Equal("1 2 / 2", Contents());
    }

    [Fact]
    public void Pipelines_that_read_what_is_restored_are_named()
    {
        hub.Write("config/applications/sales/service/pipelines/report.xml", Reader("report", "staging.orders"));
        hub.Write("config/applications/other/service/pipelines/copy.xml", Reader("copy", "sales.staging.orders"));
        hub.Write("config/applications/other/service/pipelines/own.xml", Reader("own", "staging.orders"));
        hub.Write("config/applications/other/service/pipelines/broken.xml", "<pipeline");
        Run("r1.load", 1);

        Assert.Equal(["other/service/copy", "sales/service/report"], undo.Plan(Job("r1")).Readers.Order(StringComparer.Ordinal));

        undo.Undo(Job("r1"), "ann");
        Assert.Empty(undo.Plan(Job("r1")).Readers);
    }

    private static string Reader(string id, string table) =>
        $"""
            <pipeline id="{id}" version="1.0" layer="service">
              <sources><table id="rows" name="{table}"/></sources>
              <targets><hive table="service.{id}"/></targets>
            </pipeline>
            """;

    [Fact]
    public void Maintenance_in_between_is_not_in_the_way()
    {
        Run("r1.load", 1);
        Run("r2.load", 2);
        using (var database = Database.Open())
        using (var connection = database.Connect())
            Assert.True(Table("orders").Optimize(connection, new OptimizeOptions()).FilesRemoved > 0);
        undo.Undo(Job("r2"), "ann");
        Assert.Equal([1], Ids("orders"));
    }

    [Fact]
    public void Whoever_dies_between_two_tables_leaves_the_rest_to_the_next()
    {
        Run("r1.load", 1);
        Run("r2.load", 2);
        // As it is when the process dies after the first commit: one table is restored, by the token of the undoing, and nothing else is done.
        var first = undo.Plan(Job("r2")).Tables[0];
        using (
            var staged = new DeltaTable(hub.Root.Storage, first.Table).StageRestore(
                new() { TransactionId = "r2/undo" },
                version: first.RestoresTo
            )
        )
            Assert.IsType<CommitResult.Committed>(staged.Commit());
        var again = undo.Plan(Job("r2"));
        Assert.Empty(again.Refusals);
        Assert.Equal([true, false], again.Tables.Select(t => t.IsDone).OrderDescending());
        undo.Undo(Job("r2"), "ann");
        Assert.Equal("1 / 1", Contents());
        Run("r3.load", 3);
        Assert.Equal([1, 2, 3], Ids("orders"));
    }

    [Fact]
    public void A_table_that_the_run_made_is_empty_after_it()
    {
        Run("r1.load", 1);
        undo.Undo(Job("r1"), "ann");
        Assert.Empty(Ids("orders"));
        Run("r2.load", 2);
        Assert.Equal([1, 2], Ids("orders"));
    }

    [Fact]
    public void A_run_that_goes_on_is_refused()
    {
        Run("r1.load", 1);
        Assert.Contains(
            "goes on",
            Assert.Single(undo.Plan(Job("r1") with { Status = JobStatus.Running }).Refusals),
            StringComparison.Ordinal
        );
        Assert.Throws<RunException>(() => undo.Undo(Job("r1") with { Status = JobStatus.Running }, "ann"));
        using (RunLock.Take(hub.Root, Load))
            Assert.True(Assert.Throws<RunInProgressException>(() => undo.Undo(Job("r1"), "ann")).IsTransient);
        Assert.Equal([1], Ids("orders"));
    }

    /// <summary>A run of a job whose only node has run the pipeline.</summary>
    private static JobRun Job(string id) =>
        Samples.Job(id, JobStatus.Completed) with
        {
            Nodes = [Samples.Node("load") with { Document = Load.ToString(), ChildRunId = $"{id}.load" }],
        };

    private void Run(string runId, int order, string more = "")
    {
        hub.Write($"landing/{order}.csv", $"id\n{order}\n{(more.Length > 0 ? more + "\n" : "")}");
        var document = DocumentFile.Read(hub.Root, hub.Root.Document(DocumentKind.Pipeline, "load"), new Diagnostics())!;
        var report = new PipelineRunner(hub.Root, new RunOptions { Threads = 1 }, clock).Run(new RunRequest(document) { RunId = runId });
        Assert.True(report.Status == RunStatus.Succeeded, report.Error);
    }

    private DeltaTable Table(string name) => new(hub.Root.Storage, $"data/applications/sales/staging/{name}");

    /// <summary>The orders of the table that is appended to, and of the one that is overwritten.</summary>
    private string Contents() => $"{string.Join(' ', Ids("orders"))} / {string.Join(' ', Ids("latest"))}";

    private List<int> Ids(string table) => [.. Query(table, "id").Select(row => (int)row[0]!)];

    private int Count(string table) => Query(table, "*").Count;

    private List<object?[]> Query(string table, string columns)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        using var scan = Table(table).TryRead()!.Scan(connection);
        using var result = connection.Query($"SELECT {columns} FROM (\n{scan.Sql}\n) ORDER BY ALL");
        return [.. result.Rows()];
    }
}
