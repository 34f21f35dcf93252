using System.Text.Json.Nodes;

namespace ServerlessHub.Api.Tests;

/// <summary>Schedules, and who waits for a place.</summary>
public sealed class ScheduleEndpointsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Daily = "<metadata><schedule timeZone=\"Europe/Berlin\" missed=\"all\">30 5 * * *</schedule></metadata>";
    private readonly ApiHub hub = shared.Hub;

    [Fact]
    public async Task Schedules_of_jobs_and_pipelines_are_listed_with_their_next_ten_times()
    {
        hub.Pipeline("timed", metadata: Daily);
        hub.Pipeline("untimed");
        hub.Job("daily", "<pipelineRef id=\"timed\"/>", before: Daily);
        hub.Write("config/applications/shop/service/jobs/torn.xml", "<jobPipeline id=\"torn\" version=\"1.0\">" + Daily);

        var schedules = (await hub.Get("/api/schedules?app=shop")).Body["schedules"]!.AsArray();

        Assert.Contains(schedules, s => (string?)s!["id"] == "daily" && (string?)s["kind"] == "job");
        Assert.DoesNotContain(schedules, s => (string?)s!["id"] is "untimed" or "torn");
        var timed = schedules.Single(s => (string?)s!["id"] == "timed")!;
        Assert.Equal(("pipeline", "all", 10), ((string?)timed["kind"], (string?)timed["missed"], timed["next"]!.AsArray().Count));
        Assert.Empty((await hub.Get("/api/schedules?app=other")).Body["schedules"]!.AsArray());
    }

    [Fact]
    public async Task A_schedule_that_changes_in_its_document_changes_here()
    {
        hub.Pipeline("moved", metadata: Daily);
        Assert.Equal("30 5 * * *", (string?)(await Find("moved"))!["cron"]);

        hub.Pipeline("moved", metadata: Daily.Replace("30 5", "45 5", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(
            Path.Combine(hub.Folder, "config/applications/shop/staging/pipelines/moved.xml"),
            DateTime.UtcNow.AddSeconds(2)
        );
        Assert.Equal("45 5 * * *", (string?)(await Find("moved"))!["cron"]);

        File.Delete(Path.Combine(hub.Folder, "config/applications/shop/staging/pipelines/moved.xml"));
        Assert.Null(await Find("moved"));
    }

    [Fact]
    public async Task A_paused_schedule_says_by_whom_and_why_until_it_is_resumed()
    {
        hub.Pipeline("paused", metadata: Daily);
        const string path = "/api/schedules/pipeline/shop/staging/paused";

        var (status, paused) = await hub.Post($"{path}/pause", new { reason = "stock-taking" }, user: "ada");
        Assert.Equal(200, status);
        Assert.Equal(("ada", "stock-taking"), ((string?)paused["paused"]!["by"], (string?)paused["paused"]!["why"]));
        Assert.Equal("stock-taking", (string?)(await Find("paused"))!["paused"]!["why"]);

        Assert.Equal(200, (await hub.Post($"{path}/resume")).Status);
        Assert.Null((await Find("paused"))!["paused"]);
    }

    [Theory]
    [InlineData("/api/schedules/pipeline/shop/staging/none/pause", 404)]
    [InlineData("/api/schedules/job/shop/staging/none/resume", 404)]
    [InlineData("/api/schedules/poem/shop/staging/none/pause", 400)]
    [InlineData("/api/schedules/17/shop/staging/none/pause", 400)]
    public async Task What_has_no_schedule_cannot_be_paused(string path, int expected) =>
        Assert.Equal(expected, (await hub.Post(path)).Status);

    [Fact]
    public async Task Runs_of_a_job_with_one_place_wait_for_it()
    {
        hub.Pipeline("narrow");
        hub.Job("single", "<approval id=\"go\"/><pipelineRef id=\"narrow\" dependsOn=\"go\"/>", attributes: "concurrency=\"1\"");
        string[] runs =
        [
            (string)(await hub.Post("/api/jobs/shop/single/runs")).Body["runId"]!,
            (string)(await hub.Post("/api/jobs/shop/single/runs")).Body["runId"]!,
        ];
        // Which of them comes first is theirs to settle.
        string first = "";
        foreach (var run in runs)
            first = await Asked(runs);

        var slots = (await hub.Get("/api/slots")).Body["documents"]!.AsArray().Single(d => (string?)d!["document"]!["id"] == "single")!;

        Assert.Equal(1, (int)slots["limit"]!);
        Assert.Equal(first, (string?)slots["running"]![0]!["runId"]);
        foreach (var run in new[] { first, runs.Single(r => r != first) })
        {
            await Asked([run]);
            Assert.Equal(202, (await hub.Post($"/api/runs/{run}/approvals/go", new { approved = true })).Status);
            Assert.Equal("completed", (string?)(await hub.End(run))["status"]);
        }
    }

    /// <summary>The first of some runs that waits for its approval.</summary>
    private async Task<string> Asked(string[] runs)
    {
        var asked = runs.Select(async run =>
        {
            await foreach (var item in hub.Events(run))
                if ((string?)item.Data["node"]?["status"] == "waitingForApproval")
                    break;
            return run;
        });
        return await await Task.WhenAny(asked);
    }

    private async Task<JsonNode?> Find(string id) =>
        (await hub.Get("/api/schedules")).Body["schedules"]!.AsArray().SingleOrDefault(s => (string?)s!["id"] == id);
}
