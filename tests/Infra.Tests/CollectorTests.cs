using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessHub.Host.Tests;

namespace ServerlessHub.Infra.Tests;

/// <summary>A server sends its traces, metrics and logs to the collector that the standard variables name.</summary>
public sealed class CollectorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryHub hub = new();
    private readonly HttpListener collector = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = [];
    private Process? server;
    private readonly string address = $"http://127.0.0.1:{FreePort.Find()}/";

    public CollectorTests()
    {
        collector.Prefixes.Add(address);
        collector.Start();
        _ = Collect();
    }

    public void Dispose()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        collector.Close();
        hub.Dispose();
    }

    [Fact]
    public async Task A_run_arrives_there_as_a_trace_that_its_id_names_with_metrics_and_logs()
    {
        hub.WritePipeline("rows", "", "id\n1\n");
        hub.Write(
            "config/applications/shop/staging/jobs/nightly.xml",
            """
            <jobPipeline id="nightly" version="1">
              <pipelines><pipelineRef id="rows"/></pipelines>
              <notifications><webhook url="${env:SHOP_HOOK}" on="success"/></notifications>
            </jobPipeline>
            """
        );
        server = Start();
        var listens = await Line(server.StandardOutput, "the hub listens on ");
        using var client = new HttpClient { BaseAddress = new Uri(listens) };
        client.DefaultRequestHeaders.Add("X-Api-Key", await File.ReadAllTextAsync(hub.Locate(".hub/api-key")));

        using var started = await client.PostAsJsonAsync("api/jobs/shop/nightly/runs", new { });
        var runId = (string)(await started.Content.ReadFromJsonAsync<JsonNode>())!["runId"]!;
        await client.GetStringAsync($"api/runs/{runId}/events");

        var trace = SHA256.HashData(Encoding.UTF8.GetBytes(runId))[..16];
        await Arrives("/v1/traces", trace);
        await Arrives("/v1/traces", Encoding.UTF8.GetBytes("lake commit"));
        await Arrives("/v1/metrics", Encoding.UTF8.GetBytes("pipeline_rows_written_total"));
        await Arrives("/v1/logs", Encoding.UTF8.GetBytes(runId));
    }

    private Process Start() =>
        Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "hub.dll"), "serve", "--listen", "127.0.0.1:0"])
            {
                WorkingDirectory = hub.Path,
                RedirectStandardOutput = true,
                Environment =
                {
                    ["SHOP_HOOK"] = "no address",
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
                    ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                    ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
                },
            }
        )!;

    private static async Task<string> Line(StreamReader output, string prefix)
    {
        while (await output.ReadLineAsync() is { } line)
            if (line.StartsWith(prefix, StringComparison.Ordinal))
            {
                _ = output.ReadToEndAsync();
                return line[prefix.Length..];
            }
        throw new InvalidOperationException("the server ended");
    }

    private async Task Arrives(string path, byte[] part)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!received.Any(r => r.Path == path && r.Body.AsSpan().IndexOf(part) >= 0))
            Assert.True(await timer.WaitForNextTickAsync(limit.Token));
    }

    private async Task Collect()
    {
        while (collector.IsListening)
        {
            try
            {
                var context = await collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
