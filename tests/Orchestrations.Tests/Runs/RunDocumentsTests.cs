using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class RunDocumentsTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly RunDocuments documents;

    public RunDocumentsTests() => documents = new(hub.Root.Storage);

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_run_is_created_once()
    {
        Assert.True(documents.Create(Samples.Job("r1") with { Version = "1.0" }));
        Assert.False(documents.Create(Samples.Job("r1") with { Version = "2.0" }));
        Assert.Equal("1.0", documents.Find("r1")!.Version);
        Assert.Null(documents.Find("r2"));
    }

    [Fact]
    public void Everything_of_a_run_comes_back()
    {
        var run = Samples.Job("r1", JobStatus.Failed) with
        {
            Parameters = new Dictionary<string, string> { ["country"] = "CH" },
            Trigger = new(TriggerKind.File, "arrivals", "landing/a.csv", Samples.Time, "key"),
            BusinessDate = new DateOnly(2026, 3, 1),
            Lane = RunLane.Backfill,
            Due = Samples.Time.AddHours(1),
            Sla = SlaStatus.Missed,
            Error = new("broken", "mend it", ErrorClass.Data, "1-0"),
            Documents = [new("load", true, new("sales", "staging", "load"), "config/load.xml", new('a', 64))],
            Nodes =
            [
                Samples.Node("a") with
                {
                    Decision = new(true, "ann", "fine", Samples.Time),
                    Progress = new("write", 12.5),
                    Note = "kept",
                },
            ],
        };
        documents.Write(run);
        var found = documents.Find("r1")!;
        Assert.Equal(run with { Nodes = found.Nodes, Documents = found.Documents, Parameters = found.Parameters }, found);
        Assert.Equal(run.Nodes, found.Nodes);
        Assert.Equal(run.Documents, found.Documents);
        Assert.Equal("CH", found.Parameters["country"]);
    }

    [Fact]
    public void What_nodes_say_while_they_run_is_part_of_the_run()
    {
        documents.Create(Samples.Job("r1"));
        var node = documents.OpenNode("r1", "load");
        Assert.True(node.TryWrite(Samples.Node("load", NodeStatus.Running) with { Progress = new("compute", 10) }));
        Assert.True(node.TryWrite(Samples.Node("load", NodeStatus.Running) with { Progress = new("compute", 50) }));
        Assert.Equal(50, Assert.Single(documents.Find("r1")!.Nodes).Progress!.Percent);
        Assert.Empty(Assert.Single(documents.List().Runs).Nodes);
    }

    [Fact]
    public void Of_two_writers_of_a_node_the_later_one_goes_on()
    {
        var first = documents.OpenNode("r1", "load");
        Assert.True(first.TryWrite(Samples.Node("load", NodeStatus.Running)));
        var second = documents.OpenNode("r1", "load");
        Assert.True(second.TryWrite(Samples.Node("load", NodeStatus.Running) with { Progress = new("the second one's", 10) }));
        Assert.False(first.TryWrite(Samples.Node("load", NodeStatus.Failed)));
        Assert.False(first.TryWrite(Samples.Node("load", NodeStatus.Failed)));
        Assert.True(second.TryWrite(Samples.Node("load")));
        documents.Create(Samples.Job("r1"));
        Assert.Equal(NodeStatus.Succeeded, Assert.Single(documents.Find("r1")!.Nodes).Status);
    }

    [Fact]
    public void A_run_that_has_ended_does_not_begin_again()
    {
        documents.Write(Samples.Job("r1", JobStatus.Completed));
        documents.Write(Samples.Job("r1", JobStatus.Running));
        Assert.Equal(JobStatus.Completed, documents.Find("r1")!.Status);
    }

    [Fact]
    public void A_listing_is_newest_first_and_sees_what_changes()
    {
        documents.Create(Samples.Job("a", queued: Samples.Time));
        documents.Create(Samples.Job("b", queued: Samples.Time.AddMinutes(2)));
        documents.Create(Samples.Job("c", queued: Samples.Time));
        Assert.Equal(["b", "c", "a"], documents.List().Runs.Select(r => r.RunId));
        new RunDocuments(hub.Root.Storage).Write(Samples.Job("a", JobStatus.Completed));
        Assert.Equal(JobStatus.Completed, documents.List().Runs[^1].Status);
        documents.Delete("c");
        Assert.Equal(["b", "a"], documents.List().Runs.Select(r => r.RunId));
        Assert.False(Directory.Exists(Path.Combine(hub.Folder, "data/ops/jobs/c")));
    }

    [Fact]
    public void A_damaged_document_is_named_and_keeps_no_other_from_being_listed()
    {
        documents.Create(Samples.Job("a"));
        hub.Write("data/ops/jobs/b/run.json", """{ "runId": "b", "sta""");
        hub.Write("data/ops/jobs/c/run.json", "null");
        hub.Write("data/ops/jobs/d/.run.json.0.tmp", "{");
        var listing = documents.List();
        Assert.Equal("a", Assert.Single(listing.Runs).RunId);
        Assert.Equal(["data/ops/jobs/b/run.json", "data/ops/jobs/c/run.json"], listing.Damaged);
        var error = Assert.Throws<RunException>(() => documents.Find("b"));
        Assert.StartsWith("data/ops/jobs/b/run.json is damaged", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void A_damaged_node_says_so_beside_the_others()
    {
        documents.Create(Samples.Job("r1"));
        documents.OpenNode("r1", "a").TryWrite(Samples.Node("a"));
        hub.Write("data/ops/jobs/r1/nodes/b.json", "{");
        var nodes = documents.Find("r1")!.Nodes;
        Assert.Equal(["a", "b"], nodes.Select(n => n.Node));
        Assert.Contains("damaged", nodes[1].Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("")]
    [InlineData("a/b")]
    public void An_id_leaves_no_folder(string id) => Assert.Throws<ArgumentException>(() => documents.Find(id));
}
