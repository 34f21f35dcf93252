using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ServerlessHub.Host.Tests;

/// <summary><c>hub serve</c> in a process of its own, and a client of it.</summary>
internal sealed class HubServerProcess : IDisposable
{
    private const string Listens = "the hub listens on ";
    private readonly HttpClient http;

    private HubServerProcess(HubProcess process, HttpClient http) => (Process, this.http) = (process, http);

    /// <summary>The process.</summary>
    public HubProcess Process { get; }

    /// <summary>Starts it on a free port, and waits until it listens.</summary>
    public static async Task<HubServerProcess> Start(string folder)
    {
        var process = HubProcess.Start(folder, "serve", "--listen", "127.0.0.1:0");
        try
        {
            var address = (await process.Says(Listens))[Listens.Length..];
            // A machine that does much else answers late.
            var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(10) };
            http.DefaultRequestHeaders.Add("X-Api-Key", await File.ReadAllTextAsync(Path.Combine(folder, ".hub", "api-key")));
            return new HubServerProcess(process, http);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Starts a run of a job of the application <c>shop</c>, and gives its id.</summary>
    public async Task<string> Run(string job)
    {
        using var response = await http.PostAsJsonAsync($"api/jobs/shop/{job}/runs", new { });
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        return JsonDocument.Parse(answer).RootElement.GetProperty("runId").GetString()!;
    }

    /// <summary>Sends JSON, and gives the answer's status and text.</summary>
    public async Task<(int Status, string Answer)> Post(string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(path, content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The events of a run, until its end or that of the server.</summary>
    public async IAsyncEnumerable<(string Type, JsonElement Data)> Events(
        string runId,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await using var stream = await http.GetStreamAsync($"api/runs/{runId}/events", cancellation);
        using var reader = new StreamReader(stream);
        var type = "";
        while (await reader.ReadLineAsync(cancellation) is { } line)
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                yield return (type, JsonDocument.Parse(line["data: ".Length..]).RootElement);
    }

    /// <summary>Waits until a node of a run stands so.</summary>
    public async Task Reaches(string runId, string node, string status)
    {
        await foreach (var (type, data) in Events(runId))
        {
            Assert.True(type != "end", $"it ended first: {data}");
            if (
                type == "node"
                && data.GetProperty("node") is var run
                && run.GetProperty("node").GetString() == node
                && run.GetProperty("status").GetString() == status
            )
                return;
        }
        Assert.Fail($"the server ended before '{node}' was {status}");
    }

    /// <summary>Waits until a run has ended, and tells how.</summary>
    public async Task<string> End(string runId)
    {
        await foreach (var (type, data) in Events(runId))
            if (type == "end")
                return data.GetProperty("run").GetProperty("status").GetString()!;
        throw new InvalidOperationException("the server ended before the run");
    }

    public void Dispose()
    {
        http.Dispose();
        Process.Dispose();
    }
}
