using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Host.Tests;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>The metrics, queries and rules through a real Prometheus that scrapes a real <c>hub serve</c>.</summary>
public sealed class PrometheusTests : IDisposable
{
    private const string Listens = "the hub listens on ";
    private readonly TemporaryHub hub = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task Prometheus_takes_the_rules_and_they_do_what_they_are_for()
    {
        var folder = Repository.PathOf("infra", "prometheus");
        foreach (var arguments in new[] { new[] { "check", "rules", "alerts.yml" }, ["test", "rules", "alerts.test.yml"] })
        {
            var (code, output, error) = await Tool.Run(folder, "promtool", arguments);
            Assert.True(code == 0, output + error);
        }
    }

    [Fact]
    public async Task A_Prometheus_that_scrapes_the_hub_answers_every_query_and_evaluates_every_rule()
    {
        hub.WritePipeline("rows", "", "id\n1\n2\n");
        WriteJob("good", "rows");
        WriteJob("bad", "missing");
        hub.Write(
            "config/applications/shop/staging/pipelines/missing.xml",
            """
            <pipeline id="missing" version="1" layer="staging">
              <sources><csv id="rows" path="landing/none.csv"/></sources><targets><hive table="staging.missing"/></targets>
            </pipeline>
            """
        );
        using var process = HubProcess.Start(hub.Path, "serve", "--listen", "127.0.0.1:0");
        var address = new Uri((await process.Says(Listens))[Listens.Length..]);
        var key = await File.ReadAllTextAsync(hub.Locate(".hub/api-key"));
        using var client = new HttpClient { BaseAddress = address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("metrics")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        foreach (var job in new[] { "good", "bad" })
            await RunToItsEnd(client, job);
        Assert.Contains("job_runs_total{", await client.GetStringAsync("metrics"), StringComparison.Ordinal);

        using var prometheus = new PrometheusServer(address, key);
        await prometheus.Until(
            "query?query=" + Uri.EscapeDataString("sum(job_runs_total)"),
            answer => answer["data"]?["result"]?.AsArray() is [{ } sum] && (string?)sum["value"]![1] == "2"
        );

        foreach (var query in Dashboards.PrometheusPanels)
        {
            var answer = await prometheus.Query(query);
            Assert.True((string?)answer["status"] == "success" && answer["warnings"] is null, $"{query}: {answer.ToJsonString()}");
        }
        foreach (
            var series in new[]
            {
                "pipeline_rows_written_total",
                "lake_commit_duration_seconds_bucket",
                "dotnet_process_memory_working_set_bytes",
                "http_server_request_duration_seconds_count",
            }
        )
            Assert.NotEmpty((await prometheus.Query(series))["data"]!["result"]!.AsArray());
        var rules = await prometheus.Until(
            "rules",
            answer => Rules(answer).Length > 0 && Rules(answer).All(r => (string?)r["health"] != "unknown")
        );
        Assert.Equal(Dashboards.PrometheusAlerts.Select(a => a.Name).Order(), Rules(rules).Select(r => (string)r["name"]!).Order());
        Assert.All(Rules(rules), r => Assert.True((string?)r["health"] == "ok", r.ToJsonString()));
        await prometheus.Until(
            "alerts",
            answer =>
                answer["data"]!["alerts"]!
                    .AsArray()
                    .Any(a => (string?)a!["labels"]!["alertname"] == "JobFailed" && (string?)a["labels"]!["job_id"] == "bad")
        );
        process.Interrupt();
        await process.End();
    }

    private static JsonNode[] Rules(JsonNode answer) =>
        [.. answer["data"]?["groups"]?.AsArray().SelectMany(g => g!["rules"]!.AsArray()).OfType<JsonNode>() ?? []];

    private static async Task RunToItsEnd(HttpClient client, string job)
    {
        using var response = await client.PostAsJsonAsync($"api/jobs/shop/{job}/runs", new { });
        var run = await response.Content.ReadFromJsonAsync<JsonNode>();
        // The events of a run end with it.
        await client.GetStringAsync($"api/runs/{run!["runId"]}/events");
    }

    private void WriteJob(string id, string pipeline) =>
        hub.Write(
            $"config/applications/shop/staging/jobs/{id}.xml",
            $"""<jobPipeline id="{id}" version="1"><pipelines><pipelineRef id="{pipeline}"/></pipelines></jobPipeline>"""
        );
}
