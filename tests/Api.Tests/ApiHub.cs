using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Api.Access;
using ServerlessHub.Api.Health;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tests;

/// <summary>A hub root in a folder of its own, its durable runtime, and its API behind a real web server on the loopback address.</summary>
public sealed class ApiHub : IAsyncDisposable
{
    private readonly EmbeddedRuntime runtime;
    private readonly WebApplication app;

    private ApiHub(string folder, string? key)
    {
        Folder = folder;
        Write("config/applications/shop/staging/pipelines/.keep", "");
        Hub = new JobHub(
            new HubRoot(folder),
            new JobHubOptions { ParallelPipelines = 2 },
            TimeProvider.System,
            NullLogger<JobHub>.Instance
        );
        runtime = new EmbeddedRuntime(
            new DurableTasks().AddJobs(Hub),
            Path.Combine(folder, "data/durable"),
            new EmbeddedOptions { ActivityConcurrency = 4_096 }
        );
        runtime.Start();
        Hub.Client = runtime;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(Hub);
        builder.Services.AddSingleton(new ApiAccess(key));
        builder.Services.AddSingleton<RuntimeFailure>(() => Failure ?? runtime.Failure);
        builder.Services.AddHubApi();
        app = builder.Build();
        app.UseHubApi();
    }

    public string Folder { get; }

    public JobHub Hub { get; }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What the runtime is said to suffer from.</summary>
    public Exception? Failure { get; set; }

    public static async Task<ApiHub> Start(string? key = null)
    {
        var hub = new ApiHub(Directory.CreateTempSubdirectory("hub-api-").FullName, key);
        await hub.app.StartAsync();
        hub.Client = new HttpClient { BaseAddress = new Uri(hub.app.Urls.Single()), Timeout = TimeSpan.FromMinutes(2) };
        return hub;
    }

    public void Write(string path, string content)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    /// <summary>Writes a pipeline that reads <c>landing/&lt;id&gt;.csv</c> into the table <c>staging.&lt;id&gt;</c>.</summary>
    public void Pipeline(
        string id,
        string rows = "1,Ada\n2,Bob\n",
        string parameters = "",
        string metadata = "",
        string layer = "staging",
        string triggers = ""
    )
    {
        Write($"landing/{id}.csv", "id,name\n" + rows);
        Write(
            $"config/applications/shop/{layer}/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1.0" layer="{layer}">
              {metadata}
              <parameters>{parameters}</parameters>
              {triggers}
              <sources><csv id="rows" path="landing/{id}.csv"/></sources>
              <targets><hive table="{layer}.{id}"/></targets>
            </pipeline>
            """
        );
    }

    /// <summary>Writes a pipeline that fails for what is in its file.</summary>
    public void Broken(string id)
    {
        Write($"landing/{id}.csv", "id,name\nx,Ada\n");
        Write(
            $"config/applications/shop/staging/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1.0" layer="staging">
              <sources><csv id="rows" path="landing/{id}.csv"/></sources>
              <transformations><derive id="numbers" source="rows"><column name="n">CAST(id AS BIGINT)</column></derive></transformations>
              <targets><hive table="staging.{id}"/></targets>
            </pipeline>
            """
        );
    }

    /// <summary>Writes a pipeline that fails since its database is away, which may pass.</summary>
    public void Away(string id) =>
        Write(
            $"config/applications/shop/staging/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1.0" layer="staging">
              <sources>
                <database id="rows" jdbcUrl="jdbc:postgresql://127.0.0.1:1/none"><table name="t"/></database>
              </sources>
              <targets><hive table="staging.{id}"/></targets>
            </pipeline>
            """
        );

    public void Job(string id, string nodes, string before = "", string attributes = "") =>
        Write(
            $"config/applications/shop/service/jobs/{id}.xml",
            $"<jobPipeline id=\"{id}\" version=\"1.0\" {attributes}>{before}<pipelines>{nodes}</pipelines></jobPipeline>"
        );

    /// <summary>What a path answers with, and its status code.</summary>
    public async Task<(int Status, JsonNode Body)> Get(string path)
    {
        using var answer = await Client.GetAsync(path);
        return ((int)answer.StatusCode, await Json(answer));
    }

    /// <summary>What a path answers with that something is sent to, and its status code.</summary>
    public async Task<(int Status, JsonNode Body)> Post(string path, object? body = null, string? key = null, string? user = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (user is not null)
            request.Headers.Add("X-Hub-User", user);
        using var answer = await Client.SendAsync(request);
        return ((int)answer.StatusCode, await Json(answer));
    }

    /// <summary>Starts a run and waits for its end.</summary>
    public async Task<JsonNode> Run(string path, object? body = null)
    {
        var (status, run) = await Post($"{path}/runs", body);
        Assert.True(status == 202, $"{status}: {run}");
        return await End(run["runId"]!.GetValue<string>());
    }

    /// <summary>The run at its end, as its events tell it.</summary>
    public async Task<JsonNode> End(string runId)
    {
        await foreach (var item in Events(runId))
            if (item.Type == "end")
                return (await Get($"/api/runs/{runId}")).Body;
        throw new InvalidOperationException($"The events of run {runId} have no end.");
    }

    /// <summary>The events of a run.</summary>
    public async IAsyncEnumerable<(string Type, JsonNode Data)> Events(string runId)
    {
        await using var stream = await Client.GetStreamAsync($"/api/runs/{runId}/events");
        var items = System.Net.ServerSentEvents.SseParser.Create(stream, (_, bytes) => JsonNode.Parse(bytes)!);
        await foreach (var item in items.EnumerateAsync())
            yield return (item.EventType, item.Data);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        await runtime.DisposeAsync();
        Hub.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<JsonNode> Json(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return (text.Length == 0 ? null : JsonNode.Parse(text)) ?? new JsonObject();
    }
}
