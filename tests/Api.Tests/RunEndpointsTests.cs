using System.Text.Json.Nodes;

namespace ServerlessHub.Api.Tests;

/// <summary>Runs: the list, one of them, its events, and what is done to it.</summary>
public sealed class RunEndpointsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly ApiHub hub = shared.Hub;

    [Fact]
    public async Task Runs_are_listed_newest_first_page_by_page_and_filtered()
    {
        hub.Pipeline("listed");
        hub.Pipeline("unlucky", rows: "1\n");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add((string)(await hub.Run("/api/pipelines/shop/listed"))["runId"]!);

        var first = (await hub.Get("/api/runs?app=shop&job=listed&size=2")).Body;
        var second = (await hub.Get($"/api/runs?job=listed&size=2&cursor={Uri.EscapeDataString((string)first["next"]!)}")).Body;

        var listed = first["runs"]!.AsArray().Concat(second["runs"]!.AsArray()).Select(r => (string)r!["runId"]!).ToArray();
        Assert.Equal(ids.Order(), listed.Order());
        Assert.Null(second["next"]);
        Assert.Empty((await hub.Get("/api/runs?job=listed&status=failed&status=cancelled")).Body["runs"]!.AsArray());
        Assert.Equal(3, (await hub.Get("/api/runs?job=listed&status=Completed&trigger=http")).Body["runs"]!.AsArray().Count);
        Assert.Empty((await hub.Get("/api/runs?job=listed&from=2100-01-01")).Body["runs"]!.AsArray());
        var counts = (await hub.Get("/api/runs/counts?job=listed")).Body["counts"]!.AsArray();
        Assert.Equal(3, counts.Sum(c => (long)c!["runs"]!));
    }

    [Theory]
    [InlineData("size=0")]
    [InlineData("size=1001")]
    [InlineData("size=many")]
    [InlineData("cursor=none")]
    [InlineData("status=99")]
    [InlineData("status=lost")]
    [InlineData("trigger=99")]
    [InlineData("from=yesterday")]
    public async Task A_wrong_filter_is_explained(string query)
    {
        var (status, problem) = await hub.Get($"/api/runs?{query}");

        Assert.Equal(400, status);
        Assert.Contains(query.Split('=')[1], problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_is_found_by_its_text_and_its_fingerprint()
    {
        hub.Broken("stumbles");
        var run = await hub.Run("/api/pipelines/shop/stumbles");

        Assert.Equal("failed", (string?)run["status"]);
        var fingerprint = (string)run["error"]!["fingerprint"]!;
        Assert.Single((await hub.Get($"/api/runs?fingerprint={fingerprint}")).Body["runs"]!.AsArray());
        Assert.Single((await hub.Get("/api/runs?job=stumbles&error=convert")).Body["runs"]!.AsArray());
        Assert.Empty((await hub.Get("/api/runs?job=stumbles&error=nothing+of+the+kind")).Body["runs"]!.AsArray());
    }

    [Fact]
    public async Task The_events_of_a_run_tell_each_change_once_and_end_with_the_run()
    {
        hub.Pipeline("watched");
        hub.Job("watch", "<approval id=\"go\"/><pipelineRef id=\"watched\" dependsOn=\"go\"/>");
        var runId = (string)(await hub.Post("/api/jobs/shop/watch/runs")).Body["runId"]!;
        var events = new List<(string Type, JsonNode Data)>();

        await foreach (var item in hub.Events(runId))
        {
            events.Add(item);
            if ((string?)item.Data["node"]?["status"] == "waitingForApproval")
                Assert.Equal(202, (await hub.Post($"/api/runs/{runId}/approvals/go", new { approved = true })).Status);
        }

        Assert.Equal("end", events[^1].Type);
        Assert.Equal("completed", (string?)events[^1].Data["run"]!["status"]);
        Assert.Equal(events.Count, events.Select(e => e.Data.ToJsonString()).Distinct().Count());
        Assert.Equal(["go", "watched"], events.Where(e => e.Type == "node").Select(e => (string)e.Data["node"]!["node"]!).Distinct());
        Assert.Equal(404, (await hub.Get("/api/runs/none/events")).Status);
    }

    [Fact]
    public async Task A_runs_reports_are_those_of_its_pipelines()
    {
        hub.Pipeline("reported", rows: "1,Ada\n2,Bob\n3,Cy\n");
        var run = await hub.Run("/api/pipelines/shop/reported");

        var (status, reports) = await hub.Get($"/api/runs/{run["runId"]}/reports");

        Assert.Equal(200, status);
        Assert.Equal("reported", (string?)reports["nodes"]![0]!["node"]);
        Assert.Equal("succeeded", (string?)reports["nodes"]![0]!["attempts"]![0]!["status"]);
        Assert.Equal(404, (await hub.Get("/api/runs/none/reports")).Status);
        Assert.Equal(404, (await hub.Get("/api/runs/none")).Status);
    }

    [Fact]
    public async Task Only_an_approver_decides_once_and_a_refusal_is_kept_with_its_reason()
    {
        hub.Pipeline("guarded");
        hub.Job("guard", "<approval id=\"sign\" approvers=\"ada\"/><pipelineRef id=\"guarded\" dependsOn=\"sign\"/>");
        var runId = (string)(await hub.Post("/api/jobs/shop/guard/runs")).Body["runId"]!;
        await Waits(runId, "sign");
        var path = $"/api/runs/{runId}/approvals/sign";

        Assert.Equal(
            ["ada"],
            (await hub.Get($"/api/runs/{runId}/approvals")).Body["approvals"]![0]!["approvers"]!.AsArray().Select(a => (string?)a)
        );
        Assert.Equal(400, (await hub.Post(path)).Status);
        Assert.Equal(400, (await hub.Post(path, new { reason = "undecided" })).Status);
        Assert.Equal(403, (await hub.Post(path, new { approved = true })).Status);
        Assert.Equal(409, (await hub.Post($"/api/runs/{runId}/approvals/other", new { approved = true })).Status);
        Assert.Equal(202, (await hub.Post(path, new { approved = false, reason = "not today" }, user: "ada")).Status);

        var run = await hub.End(runId);
        Assert.Equal("failed", (string?)run["status"]);
        Assert.Equal(["failed", "notStarted"], run["nodes"]!.AsArray().Select(n => (string?)n!["status"]));
        var decision = (await hub.Get($"/api/runs/{runId}/approvals")).Body["approvals"]![0]!["decision"]!;
        Assert.Equal(("ada", "not today"), ((string?)decision["by"], (string?)decision["reason"]));
        Assert.Equal(409, (await hub.Post(path, new { approved = true }, user: "ada")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_run_ends_and_cannot_be_cancelled_again(bool stop)
    {
        hub.Pipeline("unreached");
        hub.Job("endless", "<approval id=\"wait\"/><pipelineRef id=\"unreached\" dependsOn=\"wait\"/>");
        var runId = (string)(await hub.Post("/api/jobs/shop/endless/runs")).Body["runId"]!;
        await Waits(runId, "wait");

        Assert.Equal(202, (await hub.Post($"/api/runs/{runId}/cancel", new { stop })).Status);

        var run = await hub.End(runId);
        Assert.Equal("cancelled", (string?)run["status"]);
        Assert.Equal(409, (await hub.Post($"/api/runs/{runId}/cancel")).Status);
        Assert.Equal(404, (await hub.Post("/api/runs/none/cancel")).Status);
    }

    [Fact]
    public async Task A_rerun_keeps_what_succeeded_and_runs_the_rest_with_the_documents_of_now()
    {
        hub.Pipeline("kept");
        hub.Broken("mended");
        hub.Job("again", "<pipelineRef id=\"kept\"/><pipelineRef id=\"mended\" dependsOn=\"kept\"/>");
        var before = await hub.Run("/api/jobs/shop/again");
        Assert.Equal("failed", (string?)before["status"]);
        hub.Pipeline("mended");

        var (status, rerun) = await hub.Post($"/api/runs/{before["runId"]}/rerun", new { mode = "failed", latest = true });

        Assert.Equal(202, status);
        var run = await hub.End((string)rerun["run"]!["runId"]!);
        Assert.Equal("completed", (string?)run["status"]);
        Assert.Equal((string?)before["runId"], (string?)run["rerunOf"]);
        Assert.Equal((string?)before["runId"], (string?)run["nodes"]![0]!["keptFrom"]);
        Assert.Equal(2, (await hub.Get("/api/tables/shop/staging/kept/preview")).Body["rows"]!.AsArray().Count);
        Assert.Equal(2, (await hub.Get("/api/tables/shop/staging/mended/preview")).Body["rows"]!.AsArray().Count);

        var path = $"/api/runs/{run["runId"]}/rerun";
        Assert.Equal(409, (await hub.Post(path, new { mode = "failed" })).Status);
        Assert.Equal(409, (await hub.Post(path, new { mode = "from", from = "nowhere" })).Status);
        Assert.Equal(400, (await hub.Post(path, new { mode = "some" })).Status);
        Assert.Equal(404, (await hub.Post("/api/runs/none/rerun")).Status);
        Assert.Equal(422, (await hub.Post(path, new { mode = "all", parameters = new { unknown = 1 } })).Status);
    }

    [Fact]
    public async Task Undoing_a_run_gives_its_table_the_rows_of_before_unless_a_later_run_built_on_it()
    {
        hub.Pipeline("undone", rows: "1,Ada\n");
        await hub.Run("/api/pipelines/shop/undone");
        hub.Pipeline("undone", rows: "1,Ada\n2,Bob\n");
        var middle = await hub.Run("/api/pipelines/shop/undone");
        hub.Pipeline("undone", rows: "1,Ada\n2,Bob\n3,Cy\n");
        var last = await hub.Run("/api/pipelines/shop/undone");

        Assert.Equal(409, (await hub.Post($"/api/runs/{middle["runId"]}/undo")).Status);
        Assert.NotEmpty((await hub.Get($"/api/runs/{middle["runId"]}/undo")).Body["refusals"]!.AsArray());

        var plan = (await hub.Get($"/api/runs/{last["runId"]}/undo")).Body;
        Assert.Empty(plan["refusals"]!.AsArray());
        var (status, record) = await hub.Post($"/api/runs/{last["runId"]}/undo");
        Assert.Equal(200, status);
        Assert.True((bool)record["isComplete"]!);
        // A run appends: one row of the first, two of the second.
        Assert.Equal(3, (await hub.Get("/api/tables/shop/staging/undone/preview")).Body["rows"]!.AsArray().Count);
        Assert.Equal(404, (await hub.Get("/api/runs/none/undo")).Status);
    }

    private async Task Waits(string runId, string node)
    {
        await foreach (var item in hub.Events(runId))
            if ((string?)item.Data["node"]?["node"] == node && (string?)item.Data["node"]?["status"] == "waitingForApproval")
                return;
        Assert.Fail($"run {runId} never waited for '{node}'");
    }
}
