using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Benchmarks.Durable;

/// <summary>
/// What a job adds to the pipelines it runs: tiny ones, each with a table of its own, run by hand, as runs of their own, and as nodes of one job, with the same
/// memory and threads. All are run twice, and the second time counts: what .NET compiles at first is the process's, and not the job's.
/// </summary>
internal static class Jobs
{
    private const string App = "bench";
    private const string Layer = "staging";

    /// <summary>Runs the pipelines by hand, one after the other.</summary>
    public static async Task ByHand(string folder, int pipelines)
    {
        var root = Make(folder, pipelines);
        var runner = new PipelineRunner(root, new RunOptions(), TimeProvider.System);
        var documents = root.Documents(DocumentKind.Pipeline).Select(d => DocumentFile.Read(root, d, new Diagnostics())!).ToArray();
        await Twice(_ =>
        {
            foreach (var document in documents)
                Check(runner.Run(new RunRequest(document), null, CancellationToken.None).Status == RunStatus.Succeeded);
            return Task.CompletedTask;
        });
    }

    /// <summary>Starts each as a run of its own, all at once.</summary>
    public static Task Alone(string folder, int pipelines) =>
        Run(folder, pipelines, [.. Enumerable.Range(0, pipelines).Select(n => (DocumentKind.Pipeline, Name(n)))]);

    /// <summary>Starts one job with each as a node.</summary>
    public static Task Together(string folder, int pipelines) => Run(folder, pipelines, [(DocumentKind.Job, "all")]);

    private static async Task Run(string folder, int pipelines, (DocumentKind Kind, string Id)[] documents)
    {
        var root = Make(folder, pipelines);
        using var hub = new JobHub(root, new JobHubOptions { ParallelPipelines = 1 }, TimeProvider.System, NullLogger<JobHub>.Instance);
        var options = new EmbeddedOptions { ActivityConcurrency = 4_096 };
        await using var runtime = new EmbeddedRuntime(new DurableTasks().AddJobs(hub), Path.Combine(folder, ".hub", "durable"), options);
        hub.Client = runtime;
        runtime.Start();
        var starter = new JobStarter(hub);
        await Twice(async time =>
        {
            await Task.WhenAll(documents.Select(d => Task.Run(() => starter.Start(Request(d.Kind, d.Id, time), CancellationToken.None))));
            foreach (var (_, id) in documents)
            {
                await runtime.WaitForEnd(RunIdOf(id, time));
                Check(hub.Documents.Find(RunIdOf(id, time))!.Status == JobStatus.Completed);
            }
        });
    }

    private static async Task Twice(Func<int, Task> work)
    {
        await work(1);
        await Measured.Print(() => work(2));
    }

    private static StartRequest Request(DocumentKind kind, string id, int time) =>
        new()
        {
            Kind = kind,
            Document = new DocumentAddress(App, Layer, id),
            RunId = RunIdOf(id, time),
            Trigger = new RunTrigger(TriggerKind.Cli, "benchmark"),
        };

    private static HubRoot Make(string folder, int pipelines)
    {
        Write(folder, "landing/rows.csv", "id,name\n1,a\n2,b\n");
        for (var n = 0; n < pipelines; n++)
            Write(
                folder,
                $"config/applications/{App}/{Layer}/pipelines/{Name(n)}.xml",
                $"""
                <pipeline id="{Name(n)}" version="1" layer="{Layer}">
                  <sources><csv id="rows" path="landing/rows.csv"/></sources>
                  <targets><hive table="{Layer}.{Name(n)}"/></targets>
                </pipeline>
                """
            );
        var nodes = string.Concat(Enumerable.Range(0, pipelines).Select(n => $"<pipelineRef id=\"{Name(n)}\"/>"));
        Write(
            folder,
            $"config/applications/{App}/{Layer}/jobs/all.xml",
            $"<jobPipeline id=\"all\" version=\"1\"><pipelines>{nodes}</pipelines></jobPipeline>"
        );
        return new HubRoot(folder);
    }

    private static void Write(string folder, string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string Name(int n) => string.Create(CultureInfo.InvariantCulture, $"p{n:D4}");

    private static string RunIdOf(string id, int time) => string.Create(CultureInfo.InvariantCulture, $"run-{id}-{time}");

    private static void Check(bool isSo)
    {
        if (!isSo)
            throw new InvalidOperationException("A run did not succeed.");
    }
}
