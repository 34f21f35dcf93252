using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Engine;
using ServerlessHub.Functions.Tests.Durable;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Samples;

namespace ServerlessHub.Functions.Tests;

/// <summary>The same job documents on the same files give the same tables, whichever runtime runs them, and also where a worker dies in the middle.</summary>
public sealed class SampleJobTests : IDisposable
{
    private const int Rows = 2_000;
    private const string RunId = "run-1";
    private readonly List<string> folders = [];
    private readonly Database database = Database.Open();

    public void Dispose()
    {
        database.Dispose();
        foreach (var folder in folders)
            Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("customer", "customer_master", false)]
    [InlineData("orders", "sales_daily", false)]
    [InlineData("orders", "sales_daily", true)]
    public async Task A_sample_job_gives_the_same_tables_under_both_runtimes(string application, string job, bool dies)
    {
        var (embedded, platform) = (Root(application), Root(application));
        var expected = await OnEmbeddedRuntime(embedded, application, job);
        ShareSecrets(embedded, platform);
        var run = await OnPlatform(platform, application, job, dies);
        Assert.Equal(JobStatus.Completed, expected.Status);
        Assert.Equal(JobStatus.Completed, run.Status);
        Assert.Equal(expected.Nodes.Select(n => (n.Node, n.Status)), run.Nodes.Select(n => (n.Node, n.Status)));
        var tables = Tables(embedded, application);
        Assert.NotEmpty(tables);
        foreach (var ((name, rows), (other, otherRows)) in tables.Zip(Tables(platform, application)))
            Assert.Equal($"{name}\n{rows}", $"{other}\n{otherRows}");
    }

    private static async Task<JobRun> OnEmbeddedRuntime(HubRoot root, string application, string job)
    {
        using var hub = Hub(root);
        await using var runtime = new EmbeddedRuntime(new DurableTasks().AddJobs(hub), root.Locate(".hub/durable"), new EmbeddedOptions());
        hub.Client = runtime;
        runtime.Start();
        return await Run(hub, application, job);
    }

    private static async Task<JobRun> OnPlatform(HubRoot root, string application, string job, bool dies)
    {
        using var hub = Hub(root);
        var tasks = new DurableTasks().AddJobs(hub);
        await using var worker = new TestTaskHub();
        hub.Client = await worker.Start(tasks);
        if (!dies)
            return await Run(hub, application, job);
        var run = Run(hub, application, job);
        // It dies with pipelines under way; another one is there at once.
        await worker.Begun(JobActivities.RunPipeline);
        await worker.Die();
        hub.Client = await worker.Start(tasks);
        await hub.Client.WaitForEnd(RunId);
        _ = run.Exception;
        return hub.Documents.Find(RunId)!;
    }

    private static async Task<JobRun> Run(JobHub hub, string application, string job)
    {
        await new JobStarter(hub).Start(
            new StartRequest
            {
                Kind = DocumentKind.Job,
                Document = new DocumentAddress(application, "service", job),
                RunId = RunId,
                Parameters = new Dictionary<string, string>
                {
                    ["runDate"] = SampleData.RunDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    ["runTime"] = $"{SampleData.RunDate:yyyy-MM-dd}T04:15:00Z",
                },
                Trigger = new RunTrigger(TriggerKind.Cli, "tester"),
            },
            CancellationToken.None
        );
        await hub.Client.WaitForEnd(RunId);
        return hub.Documents.Find(RunId)!;
    }

    private static JobHub Hub(HubRoot root) =>
        new(root, new JobHubOptions { ParallelPipelines = 2 }, TimeProvider.System, NullLogger<JobHub>.Instance);

    /// <summary>Masks are made with a key that a hub root makes for itself.</summary>
    private static void ShareSecrets(HubRoot from, HubRoot to)
    {
        var secrets = Directory.CreateDirectory(to.Locate(".hub/secrets")).FullName;
        foreach (var secret in Directory.GetFiles(from.Locate(".hub/secrets")))
            File.Copy(secret, Path.Combine(secrets, Path.GetFileName(secret)));
    }

    private HubRoot Root(string application)
    {
        var folder = Directory.CreateTempSubdirectory("hub-functions-").FullName;
        folders.Add(folder);
        SampleDocuments.CopyTo(folder);
        SampleData.Write(folder, application, Rows, seed: 7, CancellationToken.None);
        return new HubRoot(folder);
    }

    /// <summary>Each table of the application with its rows, in an order of their own; what is encrypted is never twice the same.</summary>
    private List<(string Table, string Values)> Tables(HubRoot root, string application)
    {
        using var connection = database.Connect();
        var tables = new List<(string, string)>();
        foreach (var layer in (string[])["staging", "standardization", "service"])
        foreach (var table in root.Tables(application, layer))
        {
            using var scan = new DeltaTable(root.Storage, table.Folder).TryRead()!.Scan(connection);
            using var values = connection.Query(
                $"""
                WITH lines AS (SELECT regexp_replace(t::VARCHAR, 'enc:v1:[A-Za-z0-9_-]*', 'encrypted', 'g') AS line FROM ({scan.Sql}) t)
                SELECT string_agg(line, chr(10) ORDER BY line) FROM lines
                """
            );
            tables.Add((table.ToString(), values.Scalar<string>()!));
        }
        return tables;
    }
}
