using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessHub.Host.Tests;

namespace ServerlessHub.Infra.Tests;

/// <summary>Gives a server secrets of every kind, lets what uses them fail, and looks for them in all that it says and writes.</summary>
public sealed class ToldSecretTests : IDisposable
{
    private const string Listens = "the hub listens on ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryHub hub = new();
    private Process? server;
    private readonly string mark = Guid.NewGuid().ToString("N");

    public void Dispose()
    {
        if (server is { HasExited: false })
        {
            server.Kill();
            server.WaitForExit();
        }
        server?.Dispose();
        hub.Dispose();
    }

    [Fact]
    public async Task No_secret_is_in_a_log_a_metric_an_answer_or_a_record()
    {
        var secrets = new Dictionary<string, string>
        {
            ["HUB_API_KEY"] = $"api-{mark}",
            ["HUB_SECRET_MASKING_KEY"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{mark}"[..32])),
            ["SHOP_PASSWORD"] = $"password-{mark}",
            ["SHOP_HOOK"] = $"http://127.0.0.1:1/hook-{mark}",
            ["AZURE_STORAGE_CONNECTION_STRING"] =
                $"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={Convert.ToBase64String(Encoding.UTF8.GetBytes(mark))}",
        };
        WriteDocuments();
        server = Start(secrets);
        var said = new StringBuilder();
        var listening = new TaskCompletionSource<Uri>();
        foreach (var line in new[] { server.StandardOutput, server.StandardError })
            _ = Listen(line, said, listening);
        using var client = new HttpClient { BaseAddress = await listening.Task.WaitAsync(Patience) };
        client.DefaultRequestHeaders.Add("X-Api-Key", secrets["HUB_API_KEY"]);

        using var started = await client.PostAsJsonAsync("api/jobs/shop/nightly/runs", new { });
        var runId = (string)(await started.Content.ReadFromJsonAsync<JsonNode>())!["runId"]!;
        var events = await client.GetStringAsync($"api/runs/{runId}/events");
        Assert.Contains("127.0.0.1:1", events, StringComparison.Ordinal);
        await Says(said, "could not be told");
        var told = string.Join('\n', events, await client.GetStringAsync($"api/runs/{runId}"), await client.GetStringAsync("metrics"));
        server.Kill();
        await server.WaitForExitAsync();
        var written = hub.Files("data")
            .Concat(
                hub.Files(".hub")
                    .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}secrets{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            )
            .Select(f => (File: f, Text: File.ReadAllText(f, Encoding.Latin1)))
            .ToArray();

        Assert.NotEmpty(written);
        foreach (var (name, secret) in secrets.Select(s => (s.Key, s.Value)).Append(("the mark", mark)))
        {
            Assert.False(told.Contains(secret, StringComparison.Ordinal), $"an answer holds {name}");
            lock (said)
                Assert.False(said.ToString().Contains(secret, StringComparison.Ordinal), $"the log holds {name}");
            Assert.All(written, w => Assert.False(w.Text.Contains(secret, StringComparison.Ordinal), $"{w.File} holds {name}"));
        }
    }

    private void WriteDocuments()
    {
        hub.Write(
            "config/applications/shop/staging/resources/shop.json",
            """{ "jdbcUrl": "jdbc:postgresql://127.0.0.1:1/shop", "user": "shop", "password": "${env:SHOP_PASSWORD}" }"""
        );
        hub.Write(
            "config/applications/shop/staging/pipelines/away.xml",
            """
            <pipeline id="away" version="1" layer="staging">
              <sources><database id="rows" connectionRef="shop"><table name="rows"/></database></sources>
              <targets><hive table="staging.away"/></targets>
            </pipeline>
            """
        );
        hub.Write(
            "config/applications/shop/staging/jobs/nightly.xml",
            """
            <jobPipeline id="nightly" version="1">
              <pipelines><pipelineRef id="away"/></pipelines>
              <notifications><webhook url="${env:SHOP_HOOK}" on="failure"/></notifications>
            </jobPipeline>
            """
        );
    }

    private Process Start(Dictionary<string, string> secrets)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "hub.dll"), "serve", "--listen", "127.0.0.1:0"])
        {
            WorkingDirectory = hub.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in secrets)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task Listen(StreamReader from, StringBuilder said, TaskCompletionSource<Uri> listening)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (said)
                said.AppendLine(line);
            if (line.StartsWith(Listens, StringComparison.Ordinal))
                listening.TrySetResult(new Uri(line[Listens.Length..]));
        }
    }

    private static async Task Says(StringBuilder said, string part)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            lock (said)
                if (said.ToString().Contains(part, StringComparison.Ordinal))
                    return;
            Assert.True(await timer.WaitForNextTickAsync(limit.Token));
        }
    }
}
