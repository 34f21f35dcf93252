using System.Text.Json;

namespace ServerlessHub.Host.Tests;

/// <summary>What commands tell of runs and schedules, without a server.</summary>
public sealed class RunCommandsTests : IDisposable
{
    private const string Rows = "id,name\n1,Ada\n2,Alan\n";
    private readonly TemporaryHub hub = new();

    public RunCommandsTests()
    {
        hub.WritePipeline("rows", "", Rows);
        hub.Write(
            "config/applications/shop/staging/jobs/daily.xml",
            """
            <jobPipeline id="daily" version="1">
              <metadata><owner>shop-team</owner><schedule timeZone="Europe/Berlin">30 2 * * *</schedule></metadata>
              <pipelines><pipelineRef id="rows"/></pipelines>
            </jobPipeline>
            """
        );
    }

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_run_is_named_by_a_part_of_its_id_that_no_other_has_and_is_in_the_tables_of_the_history()
    {
        var ids = new[] { Hub("run", "daily", "--json"), Hub("run", "daily", "--json") }.Select(r => Text(Json(r), "runId")).ToArray();

        Assert.Equal(ids[0], Text(Json(Hub("runs", "show", ids[0][^6..], "--json")), "runId"));
        Assert.Equal(ids[1], Text(Json(Hub("runs", "show", "last", "--json")), "runId"));
        var ambiguous = Hub("runs", "show", ids[0][..4]);
        Assert.Equal(ExitCode.Usage, ambiguous.Code);
        Assert.Contains($"say which: {ids[1]} or {ids[0]}", ambiguous.Error, StringComparison.Ordinal);

        var report = Json(Hub("runs", "show", "last", "--report", "rows", "--json"));
        Assert.Equal(($"{ids[1]}.rows", "succeeded"), (Text(report, "runId"), Text(report, "status")));
        Assert.Contains("did you mean 'rows'?", Hub("runs", "show", "last", "--report", "rws").Error, StringComparison.Ordinal);
        Assert.Contains($"run {ids[1]}.rows", Hub("runs", "show", "last", "--report", "rows").Output, StringComparison.Ordinal);

        var first = Json(Hub("runs", "list", "--limit", "1", "--json"));
        var second = Json(Hub("runs", "list", "--limit", "1", "--after", Text(first, "next"), "--json"));
        Assert.Equal([ids[1], ids[0]], new[] { first, second }.Select(p => Text(p.GetProperty("runs")[0], "runId")));
        Assert.False(second.TryGetProperty("next", out _));

        var rows = Json(Hub("sql", "select run_id from ops.job_runs where status = 'completed' order by 1", "--json"));
        Assert.Equal(ids.Order(), rows.GetProperty("rows").EnumerateArray().Select(r => Text(r, "run_id")));
        Assert.Equal(ExitCode.Done, Hub("tables", "show", "ops.node_runs").Code);
        Assert.Contains("ops.pipeline_runs", Hub("tables", "list").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_paused_schedule_says_by_whom_until_it_is_resumed()
    {
        Assert.Equal(ExitCode.Done, Hub("schedules", "pause", "daily", "--reason", "moving").Code);
        var paused = Json(Hub("schedules", "list", "--json")).GetProperty("schedules")[0];
        var job = Json(Hub("jobs", "--json")).GetProperty("jobs")[0];

        Assert.Equal(("moving", 10), (Text(paused.GetProperty("paused"), "why"), paused.GetProperty("next").GetArrayLength()));
        Assert.Equal((Environment.UserName, "shop-team"), (Text(job, "pausedBy"), Text(job, "owner")));
        Assert.False(job.TryGetProperty("next", out _));

        var resumed = Hub("schedules", "resume", "daily");
        Assert.Contains("02:30:00 +0", resumed.Output, StringComparison.Ordinal);
        Assert.True(Json(Hub("jobs", "--json")).GetProperty("jobs")[0].TryGetProperty("next", out _));
    }

    [Theory]
    [InlineData("runs show last", (int)ExitCode.NotFound, "there is no run yet")]
    [InlineData("runs list --status done", (int)ExitCode.Usage, "completed-with-errors")]
    [InlineData("runs list --status 1", (int)ExitCode.Usage, "is no status")]
    [InlineData("runs list --after x", (int)ExitCode.Usage, "is no cursor")]
    [InlineData("runs list --limit 0", (int)ExitCode.Usage, "from 1 to 1000")]
    [InlineData("runs rerun last --all --from rows", (int)ExitCode.Usage, "exclude each other")]
    [InlineData("approve 2026", (int)ExitCode.NotFound, "there is no run '2026'")]
    [InlineData("schedules pause rows", (int)ExitCode.NotFound, "has no schedule")]
    [InlineData("tables show ops.job_runs", (int)ExitCode.NotFound, "when runs of jobs have ended")]
    public void What_cannot_be_is_told(string line, int code, string part)
    {
        var ended = Hub(line.Split(' '));

        Assert.Equal(code, (int)ended.Code);
        Assert.Contains(part, ended.Error, StringComparison.Ordinal);
    }

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

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
