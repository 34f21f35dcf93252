using System.Text.Json.Nodes;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Tests;

/// <summary>The tables of the lake.</summary>
public sealed class TableEndpointsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Rows = "1,Ada\n2,\"Bob, \"\"the\"\" builder\"\n3,Žofie 🦊\n4,\n";
    private readonly ApiHub hub = shared.Hub;

    [Fact]
    public async Task A_table_is_listed_and_shown_as_it_is_and_as_it_was()
    {
        var path = await Table("people");

        Assert.Contains(
            (await hub.Get("/api/tables?app=shop&layer=staging")).Body["tables"]!.AsArray(),
            t => (string?)t!["table"] == "shop.staging.people" && (long)t["rows"]! == 4
        );
        var table = (await hub.Get(path)).Body;
        Assert.Equal(["id", "name"], table["columns"]!.AsArray().Select(c => (string?)c!["name"]));
        Assert.Equal(0, (long)(await hub.Get($"{path}/history?limit=1")).Body["commits"]![0]!["version"]!);
        hub.Pipeline("people", rows: "9,Zoe\n");
        await hub.Run("/api/pipelines/shop/people");
        Assert.Equal(5, (await hub.Get($"{path}/preview")).Body["rows"]!.AsArray().Count);
        Assert.Equal(4, (await hub.Get($"{path}/preview?version=0")).Body["rows"]!.AsArray().Count);
        Assert.Equal(2, (await hub.Get($"{path}/preview?version=0&rows=2")).Body["rows"]!.AsArray().Count);
    }

    [Fact]
    public async Task Rows_are_found_by_the_values_of_their_columns()
    {
        var path = await Table("keyed");

        var rows = (await hub.Get($"{path}/rows?id=3")).Body["rows"]!.AsArray();

        Assert.Equal("Žofie 🦊", (string?)Assert.Single(rows)!["name"]);
        Assert.Empty((await hub.Get($"{path}/rows?id=3&name=Ada")).Body["rows"]!.AsArray());
        var (status, problem) = await hub.Get($"{path}/rows?ids=3");
        Assert.Equal(400, status);
        Assert.Equal("the table has no column 'ids'", (string?)problem["detail"]);
        Assert.Equal(400, (await hub.Get($"{path}/rows")).Status);
    }

    [Fact]
    public async Task An_export_as_a_run_is_watched_listed_and_fetched_when_it_has_ended()
    {
        var path = await Table("kept");
        hub.Pipeline("kept", rows: "9,Zoe\n");
        await hub.Run("/api/pipelines/shop/kept");

        var (status, accepted) = await hub.Post($"{path}/exports?format=json&version=0", user: "ada");
        Assert.Equal((202, "export", "ada"), (status, (string?)accepted["kind"], (string?)accepted["trigger"]!["by"]));
        var run = await hub.End((string)accepted["runId"]!);
        Assert.True((string?)run["status"] == "completed", run.ToString());
        Assert.Equal(4, (int)run["nodes"]![0]!["rowsWritten"]!);
        using var file = await hub.Client.GetAsync($"{path}/exports/{run["runId"]}");
        Assert.Equal("application/jsonl", file.Content.Headers.ContentType?.MediaType);
        var lines = (await file.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(await Preview(path, "?version=0"), lines.Select(l => JsonNode.Parse(l)!.ToJsonString()).Order());
        Assert.Single((await hub.Get("/api/runs?job=export.kept")).Body["runs"]!.AsArray());

        var csv = await hub.End((string)(await hub.Post($"{path}/exports")).Body["runId"]!);
        Assert.Equal(
            6,
            (await hub.Client.GetStringAsync($"{path}/exports/{csv["runId"]}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length
        );
        var other = await Table("other");
        Assert.Equal(404, (await hub.Get($"{other}/exports/{run["runId"]}")).Status);
        Assert.Equal(404, (await hub.Get($"{path}/exports/none")).Status);
        Assert.Equal(404, (await hub.Post($"{path}/exports?version=7")).Status);
    }

    [Fact]
    public async Task The_history_of_runs_is_tables_too()
    {
        await Table("past");
        new HistoryFold(hub.Hub.Root, hub.Hub.Documents, TimeProvider.System).Run(CancellationToken.None);

        var tables = (await hub.Get("/api/tables")).Body["tables"]!.AsArray().Select(t => (string)t!["table"]!).ToArray();

        Assert.Equal(
            ["ops.job_runs", "ops.node_runs", "ops.pipeline_runs"],
            tables.Where(t => t.StartsWith("ops.", StringComparison.Ordinal)).Order()
        );
        var staging = (await hub.Get("/api/tables?layer=staging")).Body["tables"]!.AsArray();
        Assert.DoesNotContain(staging, t => ((string)t!["table"]!).StartsWith("ops.", StringComparison.Ordinal));
        var rows = (await hub.Get("/api/tables/ops/job_runs/rows?job=past")).Body["rows"]!.AsArray();
        Assert.Equal("completed", (string?)Assert.Single(rows)!["status"]);
        Assert.Equal(200, (await hub.Get("/api/tables/ops/job_runs/history")).Status);
        Assert.Equal(404, (await hub.Get("/api/tables/ops/none")).Status);
    }

    [Fact]
    public async Task An_export_reads_back_as_the_table()
    {
        var path = await Table("exported");

        using var csv = await hub.Client.GetAsync($"{path}/export");
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        hub.Write("landing/back.csv", await csv.Content.ReadAsStringAsync());
        hub.Pipeline("back", rows: "");
        hub.Write("landing/back.csv", await csv.Content.ReadAsStringAsync());
        await hub.Run("/api/pipelines/shop/back");
        Assert.Equal(await Preview(path), await Preview("/api/tables/shop/staging/back"));

        var lines = (await hub.Client.GetStringAsync($"{path}/export?format=json")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(await Preview(path), lines.Select(l => JsonNode.Parse(l)!.ToJsonString()).Order());
    }

    [Theory]
    [InlineData("/api/tables/shop/staging/none", 404)]
    [InlineData("/api/tables/shop/staging/none/preview", 404)]
    [InlineData("/api/tables/shop/nowhere/none/export", 404)]
    [InlineData("/api/tables/shop/staging/wrong/preview?version=7", 404)]
    [InlineData("/api/tables/shop/staging/wrong/preview?version=-1", 400)]
    [InlineData("/api/tables/shop/staging/wrong/preview?rows=-1", 400)]
    [InlineData("/api/tables/shop/staging/wrong/preview?rows=10001", 400)]
    [InlineData("/api/tables/shop/staging/wrong/history?limit=x", 400)]
    [InlineData("/api/tables/shop/staging/wrong/export?format=xml", 400)]
    public async Task A_wrong_question_is_explained(string path, int expected)
    {
        await Table("wrong");

        var (status, problem) = await hub.Get(path);

        Assert.Equal(expected, status);
        Assert.NotNull(problem["detail"]);
    }

    private async Task<IEnumerable<string>> Preview(string path, string query = "") =>
        (await hub.Get($"{path}/preview{query}")).Body["rows"]!.AsArray().Select(r => r!.ToJsonString()).Order();

    private async Task<string> Table(string id)
    {
        hub.Pipeline(id, Rows);
        var path = $"/api/tables/shop/staging/{id}";
        if ((await hub.Get(path)).Status == 404)
            Assert.Equal("completed", (string?)(await hub.Run($"/api/pipelines/shop/{id}"))["status"]);
        return path;
    }
}
