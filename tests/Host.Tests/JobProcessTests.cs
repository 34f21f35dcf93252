using System.Text.Json;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Host.Tests;

/// <summary>Jobs where a server runs in a process of its own, and where none does.</summary>
public sealed class JobProcessTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    public JobProcessTests()
    {
        WritePipeline("first");
        WritePipeline("second");
        WritePipeline("third");
        hub.Write("landing/first.csv", "id\n1\n2\n");
        hub.Write("landing/third.csv", "id\n1\n2\n3\n");
        WriteJob("nightly", """<pipelineRef id="first"/><pipelineRef id="second" dependsOn="first"/>""");
        WriteJob(
            "lenient",
            """<pipelineRef id="first"/><pipelineRef id="second" dependsOn="first" onFailure="continue"/><pipelineRef id="third" dependsOn="second"/>"""
        );
        WriteJob("gated", """<approval id="gate"/><pipelineRef id="first" dependsOn="gate"/>""");
        WriteJob("long", """<pipelineRef id="endless"/>""");
        hub.Write(
            "config/applications/shop/staging/pipelines/endless.xml",
            """
            <pipeline id="endless" version="1" layer="staging">
              <sources><csv id="rows" path="landing/many.csv"/></sources>
              <transformations><sql id="all" sources="rows">SELECT count(*) AS n FROM rows a, rows b, rows c, rows d WHERE a.id + b.id * c.id > d.id</sql></transformations>
              <targets><hive table="staging.endless"/></targets>
            </pipeline>
            """
        );
        hub.Write("landing/many.csv", "id\n" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i}\n")));
    }

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task A_run_that_failed_is_done_again_from_there_and_undone_through_the_server()
    {
        using var server = await HubServerProcess.Start(hub.Path);

        var run = Hub("run", "nightly", "--json");
        Assert.Equal((ExitCode.Failed, "failed"), (run.Code, Json(run).GetProperty("status").GetString()));
        Assert.Contains("landing/second.csv", Hub("runs", "show", "last").Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, Hub("runs", "watch", "last").Code);

        hub.Write("landing/second.csv", "id\n7\n");
        var again = Hub("runs", "rerun", "last", "--json");
        Assert.Equal((ExitCode.Done, "completed"), (again.Code, Json(again).GetProperty("status").GetString()));
        Assert.Contains(": first\n", again.Error, StringComparison.Ordinal);
        Assert.Equal("[2,1]", Counts());
        var failed = Json(Hub("runs", "list", "--failed", "--json")).GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(Json(run).GetProperty("runId").GetString(), Assert.Single(failed).GetProperty("runId").GetString());

        var undone = Hub("runs", "undo", "last", "--json");
        Assert.Equal(
            "shop.staging.second",
            Assert.Single(Json(undone).GetProperty("tables").EnumerateArray()).GetProperty("table").GetString()
        );
        Assert.Equal("[2,0]", Counts());
        Assert.Equal(ExitCode.Done, Hub("run", "nightly").Code);
        Assert.Equal("[4,1]", Counts());
    }

    [Fact]
    public async Task A_server_has_its_hub_root_alone_and_goes_when_it_is_asked_to()
    {
        using var server = await HubServerProcess.Start(hub.Path);
        var runId = await server.Run("long");
        await server.Reaches(runId, "endless", "running");

        var second = await HubProcess.Run(hub.Path, "serve", "--listen", "127.0.0.1:0");
        Assert.Equal((int)ExitCode.Failed, second.Code);
        Assert.Contains("are run by process ", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Error, StringComparison.Ordinal);

        server.Process.Terminate();
        var ended = await server.Process.End();
        Assert.Equal(0, ended.Code);
        Assert.False(File.Exists(hub.Locate(".hub/server.json")));

        // What it ran goes on with whoever comes next, and so it can be cancelled.
        var cancelled = Hub("runs", "cancel", runId, "--json");
        Assert.Equal((ExitCode.Done, "cancelled"), (cancelled.Code, Json(cancelled).GetProperty("status").GetString()));
        Assert.Empty(hub.Files("data/applications"));
    }

    [Fact]
    public async Task A_run_is_cancelled_through_the_server()
    {
        using var server = await HubServerProcess.Start(hub.Path);
        var runId = await server.Run("long");
        await server.Reaches(runId, "endless", "running");

        var cancelled = Hub("runs", "cancel", "last", "--json");

        Assert.Equal((ExitCode.Done, runId), (cancelled.Code, Json(cancelled).GetProperty("runId").GetString()));
        Assert.Equal("cancelled", await server.End(runId));
        var again = Hub("runs", "cancel", "last");
        Assert.Equal(ExitCode.Failed, again.Code);
        Assert.Contains("has ended: cancelled", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_is_given_through_the_server_and_without_one()
    {
        var waits = Hub("run", "gated");
        Assert.Equal(ExitCode.Done, waits.Code);
        Assert.Contains("hub approve", waits.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, Hub("approve", "last").Code);
        Assert.Equal("completed", Json(Hub("runs", "show", "last", "--json")).GetProperty("status").GetString());

        using var server = await HubServerProcess.Start(hub.Path);
        var runId = await server.Run("gated");
        await server.Reaches(runId, "gate", "waitingForApproval");
        Assert.Equal(ExitCode.Done, Hub("approve", "last", "gate", "--refuse", "--reason", "not today").Code);
        Assert.Equal("failed", await server.End(runId));
        Assert.Contains("not today", Hub("runs", "show", "last", "--json").Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_one_command_at_a_time_runs_jobs_and_another_is_told_so()
    {
        using var one = HubProcess.Start(hub.Path, "run", "long");
        await one.Warns("endless: running");

        var other = Hub("run", "nightly");
        Assert.Equal(ExitCode.Failed, other.Code);
        Assert.Contains("are run by process ", other.Error, StringComparison.Ordinal);

        one.Interrupt();
        var ended = await one.End();
        Assert.Equal((int)ExitCode.Cancelled, ended.Code);
        Assert.Equal("cancelled", Json(Hub("runs", "show", "last", "--json")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_server_that_is_killed_again_and_again_does_each_run_once_and_to_its_end()
    {
        var random = new Random(Campaign.Seed);
        var runs = new List<string>();
        for (var kill = Campaign.Kills(inSuite: 5); kill > 0; kill--)
        {
            using var server = await HubServerProcess.Start(hub.Path);
            runs.Add(await server.Run("lenient"));
            runs.Add(await server.Run("lenient"));
            var events = random.Next(10);
            await foreach (var _ in server.Events(runs[random.Next(runs.Count)]))
                if (events-- == 0)
                    break;
            Thread.SpinWait(random.Next(5_000_000));
            server.Process.Kill();
            await server.Process.End();
        }
        using (var server = await HubServerProcess.Start(hub.Path))
            foreach (var runId in runs)
                Assert.Equal("completedWithErrors", await server.End(runId));

        foreach (var (table, rows) in new[] { ("first", 2), ("third", 3) })
        {
            var counts = Rows($"select _run_id as run, count(*) as n from staging.{table} group by all");
            Assert.Equal(
                runs.Select(r => ($"{r}.{table}", rows)).Order(),
                counts.Select(c => (c.GetProperty("run").GetString()!, c.GetProperty("n").GetInt32())).Order()
            );
        }
    }

    private void WritePipeline(string id) =>
        hub.Write(
            $"config/applications/shop/staging/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1" layer="staging">
              <sources><csv id="{id}" path="landing/{id}.csv"/></sources>
              <targets><hive table="staging.{id}" loadColumns="true"/></targets>
            </pipeline>
            """
        );

    private void WriteJob(string id, string nodes) =>
        hub.Write(
            $"config/applications/shop/staging/jobs/{id}.xml",
            $"""<jobPipeline id="{id}" version="1"><pipelines>{nodes}</pipelines></jobPipeline>"""
        );

    private string Counts() =>
        JsonSerializer.Serialize(
            Rows("select (select count(*) from staging.first) as a, (select count(*) from staging.second) as b")
                .SelectMany(r => new[] { r.GetProperty("a").GetInt32(), r.GetProperty("b").GetInt32() })
        );

    private JsonElement[] Rows(string sql) => [.. Json(Hub("sql", sql, "--rows", "100000", "--json")).GetProperty("rows").EnumerateArray()];

    private (ExitCode Code, string Output, string Error) Hub(params string[] arguments)
    {
        using var terminal = new RecordedTerminal();
        var code = CommandLine.Run([.. arguments, "--root", hub.Path], terminal.Terminal, CancellationToken.None);
        return (code, terminal.Output, terminal.Error);
    }

    private static JsonElement Json((ExitCode Code, string Output, string Error) ended)
    {
        Assert.True(ended.Output.StartsWith('{'), ended.Output + ended.Error);
        return JsonDocument.Parse(ended.Output).RootElement;
    }
}
