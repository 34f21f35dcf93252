using System.Text.Json.Nodes;

namespace ServerlessHub.Api.Tests;

/// <summary>Jobs and pipelines, and starting them.</summary>
public sealed class DocumentEndpointsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly ApiHub hub = shared.Hub;

    [Fact]
    public async Task A_job_is_shown_with_its_graph_and_its_next_ten_times()
    {
        hub.Pipeline("load");
        hub.Pipeline("report");
        hub.Job(
            "graph",
            """
            <pipelineRef id="load" onFailure="retry" maxRetries="3" retryDelay="PT30S"/>
            <approval id="check" dependsOn="load" approvers="ada,bob" timeout="PT1H"/>
            <pipelineRef id="report" dependsOn="check"/>
            """,
            before: "<metadata><owner>sales</owner><schedule timeZone=\"Europe/Berlin\">0 6 * * *</schedule></metadata>"
        );

        var (status, job) = await hub.Get("/api/jobs/shop/graph");

        Assert.Equal(200, status);
        Assert.Equal("sales", (string?)job["job"]!["owner"]);
        Assert.Equal(["load", "check", "report"], job["nodes"]!.AsArray().Select(n => (string?)n!["id"]));
        Assert.Equal(["pipeline", "approval", "pipeline"], job["nodes"]!.AsArray().Select(n => (string?)n!["kind"]));
        Assert.Equal("shop/staging/load", (string?)job["nodes"]![0]!["runs"]);
        Assert.Equal(30, (double)job["nodes"]![0]!["retry"]!["delaySeconds"]!);
        Assert.Equal(["check"], job["nodes"]![2]!["dependsOn"]!.AsArray().Select(n => (string?)n));
        var next = job["schedule"]!["next"]!.AsArray();
        Assert.Equal(10, next.Count);
        Assert.All(next, n => Assert.Equal(6, DateTimeOffset.Parse((string)n!["at"]!, null).Hour));
        Assert.Contains("<jobPipeline", (string?)job["xml"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_is_shown_with_the_graph_of_its_datasets()
    {
        hub.Pipeline("drawn");

        var (status, pipeline) = await hub.Get("/api/pipelines/shop/drawn");

        Assert.Equal(200, status);
        Assert.Equal(["id", "name"], pipeline["datasets"]![0]!["columns"]!.AsArray().Select(c => (string?)c!["name"]));
        Assert.Equal("hive", (string?)pipeline["targets"]![0]!["kind"]);
        Assert.Contains("drawn", Ids((await hub.Get("/api/pipelines?app=shop")).Body));
        Assert.Empty(Ids((await hub.Get("/api/pipelines?app=other")).Body));
    }

    [Fact]
    public async Task A_stream_is_shown_with_its_tables_and_where_their_columns_come_from()
    {
        hub.Write(
            "config/applications/shop/staging/streams/events.xml",
            """
            <stream id="events" version="1.0" layer="staging">
              <metadata><owner>sales</owner></metadata>
              <ingest table="raw"><kafka bootstrapServers="broker:9092" topic="events"/></ingest>
              <flatten root="root" key="id"/>
              <summarise><driver id="d" table="counts" metrics="count:n"/></summarise>
              <publish driver="d"><kafka bootstrapServers="broker:9092" topic="counts"/></publish>
            </stream>
            """
        );

        var (status, stream) = await hub.Get("/api/streams/shop/staging/events");

        Assert.Equal(200, status);
        Assert.Equal("sales", (string?)stream["stream"]!["owner"]);
        Assert.Equal("kafka", (string?)stream["source"]!["kind"]);
        Assert.Equal("events", (string?)stream["source"]!["attributes"]!["topic"]);
        Assert.Equal(
            ["raw shop.staging.raw", "deadLetters shop.staging.raw_dead_letters", "root shop.staging.root", "summary shop.staging.counts"],
            stream["tables"]!.AsArray().Select(t => $"{t!["role"]} {t["name"]}")
        );
        Assert.Equal("value", (string?)stream["tables"]![0]!["columns"]!.AsArray().Last()!["name"]);
        Assert.Null(stream["tables"]![2]!["columns"]);
        Assert.Equal("shop.staging.counts", (string?)stream["publications"]![0]!["table"]);
        Assert.Equal("HUB3009", (string?)stream["findings"]![0]!["rule"]);
        Assert.Contains("events", Ids((await hub.Get("/api/streams?app=shop")).Body));
        Assert.True((bool)(await hub.Post("/api/streams/shop/staging/events/validate")).Body["isValid"]!);
        Assert.Equal(404, (await hub.Get("/api/streams/shop/service/events")).Status);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_the_nearest_name_is_told()
    {
        hub.Pipeline("customers");

        var (status, problem) = await hub.Get("/api/pipelines/shop/custmers");

        Assert.Equal(404, status);
        Assert.Equal("there is no pipeline 'custmers' in 'shop'", (string?)problem["detail"]);
        Assert.Contains("customers", (string?)problem["hint"], StringComparison.Ordinal);
        Assert.Equal(404, (await hub.Post("/api/jobs/shop/none/runs")).Status);
        Assert.Equal(404, (await hub.Post("/api/jobs/shop/none/validate")).Status);
    }

    [Fact]
    public async Task An_id_of_two_layers_needs_the_layer()
    {
        hub.Pipeline("twice");
        hub.Pipeline("twice", layer: "standardization");

        var (status, problem) = await hub.Post("/api/pipelines/shop/twice/runs");

        Assert.Equal(400, status);
        Assert.Contains("?layer=staging", (string?)problem["hint"], StringComparison.Ordinal);
        Assert.Equal(
            "standardization",
            (string?)(await hub.Get("/api/pipelines/shop/twice?layer=standardization")).Body["pipeline"]!["layer"]
        );
    }

    [Fact]
    public async Task Validation_tells_what_is_wrong_and_where()
    {
        hub.Job("wrong", "<pipelineRef id=\"nowhere\"/>");

        var (status, result) = await hub.Post("/api/jobs/shop/wrong/validate");

        Assert.Equal(200, status);
        Assert.False((bool)result["isValid"]!);
        Assert.Contains("'nowhere'", (string?)result["findings"]![0]!["message"], StringComparison.Ordinal);
        Assert.Equal(1, (int)result["findings"]![0]!["line"]!);
    }

    [Fact]
    public async Task A_wrong_document_or_parameter_starts_nothing_and_is_explained_by_findings()
    {
        hub.Job("refused", "<pipelineRef id=\"nowhere\"/>");
        hub.Pipeline("typed", parameters: "<parameter name=\"count\" type=\"int\"/>");

        var (status, problem) = await hub.Post("/api/jobs/shop/refused/runs");
        Assert.Equal(422, status);
        Assert.Contains("'nowhere'", (string?)problem["findings"]![0]!["message"], StringComparison.Ordinal);

        (status, problem) = await hub.Post("/api/pipelines/shop/typed/runs", new { parameters = new { count = "many" } });
        Assert.Equal(422, status);
        Assert.NotEmpty(problem["findings"]!.AsArray());

        Assert.Equal(422, (await hub.Post("/api/pipelines/shop/typed/runs", new { parameters = new { cuont = 1 } })).Status);
        Assert.Equal(400, (await hub.Post("/api/pipelines/shop/typed/runs", new { parameters = new { count = new[] { 1 } } })).Status);
        Assert.Equal(400, (await hub.Post("/api/pipelines/shop/typed/runs", new { businessDate = "tomorrow" })).Status);
        Assert.Empty((await hub.Get("/api/runs?job=typed")).Body["runs"]!.AsArray());
    }

    [Fact]
    public async Task A_key_stands_for_one_run()
    {
        hub.Pipeline("keyed", parameters: "<parameter name=\"count\" type=\"int\" default=\"0\"/>");
        var body = new { parameters = new { count = 1 }, businessDate = "2026-11-27" };

        var (status, first) = await hub.Post("/api/pipelines/shop/keyed/runs", body, key: "a-1");
        Assert.Equal(202, status);
        var (again, second) = await hub.Post("/api/pipelines/shop/keyed/runs", body, key: "a-1");
        Assert.Equal(202, again);
        Assert.Equal((string?)first["runId"], (string?)second["runId"]);
        Assert.Equal("a-1", (string?)first["trigger"]!["idempotencyKey"]);

        var (conflict, problem) = await hub.Post("/api/pipelines/shop/keyed/runs", new { parameters = new { count = 2 } }, key: "a-1");
        Assert.Equal(409, conflict);
        Assert.Contains((string)first["runId"]!, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Equal(400, (await hub.Post("/api/pipelines/shop/keyed/runs", body, key: new string('k', 256))).Status);

        var other = (await hub.Post("/api/pipelines/shop/keyed/runs", body, key: "a-2")).Body;
        Assert.NotEqual((string?)first["runId"], (string?)other["runId"]);
        await hub.End((string)first["runId"]!);
        await hub.End((string)other["runId"]!);
        Assert.Equal(2, (await hub.Get("/api/runs?job=keyed")).Body["runs"]!.AsArray().Count);
        Assert.Equal("completed", (string?)(await hub.Post("/api/pipelines/shop/keyed/runs", body, key: "a-1")).Body["status"]);
    }

    private static IEnumerable<string?> Ids(JsonNode list) => list["documents"]!.AsArray().Select(d => (string?)d!["id"]);
}
