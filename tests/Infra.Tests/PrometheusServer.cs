using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>A real Prometheus of the tests' own, on a free port of the loopback address, that takes a hub's metrics every second.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly string folder = Directory.CreateTempSubdirectory("hub-prometheus-").FullName;
    private readonly Process process;
    private readonly HttpClient http;

    /// <summary>Starts it with the hub's own configuration, of which only the address, the key and the pace are others.</summary>
    /// <param name="hub">Where the hub answers.</param>
    /// <param name="key">The hub's key.</param>
    public PrometheusServer(Uri hub, string key)
    {
        var configuration = File.ReadAllText(Repository.PathOf("infra", "prometheus", "prometheus.yml"))
            .Replace("scrape_interval: 15s", "scrape_interval: 1s\n  evaluation_interval: 1s", StringComparison.Ordinal)
            .Replace("127.0.0.1:8650", hub.Authority, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "prometheus.yml"), configuration);
        File.WriteAllText(Path.Combine(folder, "api-key"), key);
        File.Copy(Repository.PathOf("infra", "prometheus", "alerts.yml"), Path.Combine(folder, "alerts.yml"));
        var port = FreePort.Find();
        process = Process.Start(
            new ProcessStartInfo(
                "prometheus",
                ["--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
            )
            {
                WorkingDirectory = folder,
                RedirectStandardError = true,
            }
        )!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };
    }

    /// <summary>The answer to a query.</summary>
    public async Task<JsonNode> Query(string promQl) => await Get($"query?query={Uri.EscapeDataString(promQl)}");

    /// <summary>What the server answers to a path; an error is in it.</summary>
    public async Task<JsonNode> Get(string path)
    {
        using var response = await http.GetAsync(path);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>Asks until an answer is as it is awaited to be.</summary>
    public async Task<JsonNode> Until(string path, Func<JsonNode, bool> awaited)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        JsonNode? last = null;
        while (!limit.IsCancellationRequested)
        {
            try
            {
                last = await Get(path);
                if (awaited(last))
                    return last;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // It has not begun yet.
            }
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        throw new InvalidOperationException($"'{path}' was not as awaited in time: {last?.ToJsonString()}");
    }

    public void Dispose()
    {
        http.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
