using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Execution;

/// <summary>A hub root with a real runtime on it, which can be stopped and started again.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private readonly TestHub hub = new();
    private EmbeddedRuntime? runtime;
    private int runs;

    public JobHub Jobs { get; private set; } = null!;

    public JobStarter Starter => new(Jobs);

    public JobControl Control => new(Jobs);

    public HubRoot Root => hub.Root;

    public RunningHub() => hub.Write("landing/rows.csv", "id,name\n1,a\n2,b\n");

    public void Write(string path, string text) => hub.Write(path, text);

    /// <summary>A pipeline that appends the rows of a file to the table <c>staging.&lt;id&gt;</c>.</summary>
    public void Pipeline(string id, string file = "landing/rows.csv", string parameters = "", string more = "") =>
        hub.Write(
            $"config/applications/shop/staging/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1.0" layer="staging">
              <parameters>{parameters}</parameters>
              <sources><csv id="rows" path="{file}"{more}/></sources>
              <targets><hive table="staging.{id}"/></targets>
            </pipeline>
            """
        );

    /// <summary>A pipeline whose database refuses, as one does that is away for a while.</summary>
    public void AwayPipeline(string id) =>
        hub.Write(
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

    public void Job(string nodes, string attributes = "", string before = "", string id = "job", string after = "") =>
        hub.Write(
            $"config/applications/shop/service/jobs/{id}.xml",
            $"<jobPipeline id=\"{id}\" version=\"1.0\" {attributes}>{before}<pipelines>{nodes}</pipelines>{after}</jobPipeline>"
        );

    /// <summary>Starts a runtime, as a process does that begins.</summary>
    public void Open()
    {
        Jobs = new JobHub(hub.Root, new JobHubOptions { ParallelPipelines = 2 }, TimeProvider.System, NullLogger<JobHub>.Instance);
        runtime = new EmbeddedRuntime(
            new DurableTasks().AddJobs(Jobs),
            Path.Combine(hub.Root.Path, ".hub", "durable"),
            new EmbeddedOptions { ActivityConcurrency = 4_096 }
        );
        Jobs.Client = runtime;
        runtime.Start();
    }

    /// <summary>Stops it, as a process does that ends while runs go on.</summary>
    public async Task Close()
    {
        if (runtime is null)
            return;
        await runtime.DisposeAsync();
        Jobs.Dispose();
        runtime = null;
    }

    public async Task<string> Start(
        string document = "job",
        DocumentKind kind = DocumentKind.Job,
        params (string Name, string Value)[] parameters
    )
    {
        if (runtime is null)
            Open();
        var request = new StartRequest
        {
            Kind = kind,
            Document = new DocumentAddress("shop", kind == DocumentKind.Job ? "service" : "staging", document),
            RunId = $"run-{++runs}",
            Parameters = parameters.ToDictionary(p => p.Name, p => p.Value),
            Trigger = new RunTrigger(TriggerKind.Cli, "tester"),
        };
        await Starter.Start(request, CancellationToken.None);
        return request.RunId;
    }

    /// <summary>Starts a job and waits for its end.</summary>
    public async Task<JobRun> Run(string document = "job", params (string Name, string Value)[] parameters) =>
        await End(await Start(document, DocumentKind.Job, parameters));

    public async Task<JobRun> End(string runId)
    {
        using var limit = new CancellationTokenSource(LongestWait);
        await runtime!.WaitForEnd(runId, limit.Token);
        return Jobs.Documents.Find(runId)!;
    }

    /// <summary>Waits until a run is as it is awaited to be.</summary>
    public async Task<JobRun> Until(string runId, Func<JobRun, bool> awaited)
    {
        using var limit = new CancellationTokenSource(LongestWait);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if (Jobs.Documents.Find(runId) is { } run && awaited(run))
                return run;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    public long Rows(string table)
    {
        if (new DeltaTable(hub.Root.Storage, $"data/applications/shop/staging/{table}").TryRead() is not { } snapshot)
            return 0;
        return snapshot.Rows!.Value;
    }

    public static string States(JobRun run) => string.Join(' ', run.Nodes.Select(n => $"{n.Node}={n.Status}"));

    public async ValueTask DisposeAsync()
    {
        await Close();
        hub.Dispose();
    }
}
