using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Tests;

/// <summary>Jobs and pipelines, from the request to the rows in their tables.</summary>
public sealed class JobRunTests
{
    [Fact]
    public async Task What_may_pass_is_tried_again_and_then_the_policy_lets_the_job_go_on_to_its_rows()
    {
        await using var hub = await ApiHub.Start();
        hub.Pipeline("orders", rows: "1,Ada\n2,Bob\n3,Cy\n");
        hub.Away("away");
        hub.Job(
            "nightly",
            """
            <pipelineRef id="away" onFailure="retry" maxRetries="2" retryDelay="PT0.1S" backoff="fixed" then="continue"/>
            <pipelineRef id="orders" dependsOn="away"/>
            """
        );

        var run = await hub.Run("/api/jobs/shop/nightly");

        Assert.Equal("completedWithErrors", (string?)run["status"]);
        Assert.Equal(["failed", "succeeded"], run["nodes"]!.AsArray().Select(n => (string?)n!["status"]));
        Assert.Equal(3, (int)run["nodes"]![0]!["attempts"]!);
        Assert.Equal("transient", (string?)run["error"]!["class"]);
        Assert.Equal(3, (await hub.Get("/api/tables/shop/staging/orders/preview")).Body["rows"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_error_in_data_is_not_tried_again_and_the_tables_hold_the_rows_of_the_others()
    {
        await using var hub = await ApiHub.Start();
        hub.Pipeline("orders", rows: "1,Ada\n2,Bob\n3,Cy\n");
        hub.Broken("broken");
        hub.Job(
            "nightly",
            """
            <pipelineRef id="broken" onFailure="retry" maxRetries="2" retryDelay="PT1S" then="continue"/>
            <pipelineRef id="orders" dependsOn="broken"/>
            """
        );

        var run = await hub.Run("/api/jobs/shop/nightly");

        Assert.Equal("completedWithErrors", (string?)run["status"]);
        Assert.Equal(["failed", "succeeded"], run["nodes"]!.AsArray().Select(n => (string?)n!["status"]));
        Assert.Equal(1, (int)run["nodes"]![0]!["attempts"]!);
        Assert.Equal(3, (long)run["nodes"]![1]!["rowsWritten"]!);
        var preview = (await hub.Get("/api/tables/shop/staging/orders/preview")).Body;
        Assert.Equal(["Ada", "Bob", "Cy"], preview["rows"]!.AsArray().Select(r => (string?)r!["name"]).Order());
        Assert.Equal(404, (await hub.Get("/api/tables/shop/staging/broken")).Status);
    }

    [Fact]
    public async Task Five_hundred_runs_that_are_started_at_once_and_each_asked_for_twice_all_end_and_have_their_rows_once()
    {
        const int Runs = 500;
        const int Jobs = 50;
        await using var hub = await ApiHub.Start();
        for (var job = 0; job < Jobs; job++)
        {
            hub.Pipeline($"p{job}");
            hub.Job($"job{job}", $"""<pipelineRef id="p{job}"/>""");
        }

        var answers = new ConcurrentBag<(int Status, JsonNode Body)>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2 * Runs),
            new ParallelOptions { MaxDegreeOfParallelism = 100 },
            async (n, _) => answers.Add(await hub.Post($"/api/jobs/shop/job{n / 2 % Jobs}/runs", key: $"key-{n / 2}"))
        );
        Assert.All(answers, a => Assert.True(a.Status is 200 or 202, $"{a.Status}: {a.Body}"));
        var asked = answers.CountBy(a => (string)a.Body["runId"]!).ToList();
        Assert.Equal(Runs, asked.Count);
        Assert.All(asked, a => Assert.Equal(2, a.Value));
        foreach (var (runId, _) in asked)
            await hub.Hub.Client.WaitForEnd(runId);

        foreach (var (runId, _) in asked)
            Assert.Equal(JobStatus.Completed, hub.Hub.Documents.Find(runId)!.Status);
        for (var job = 0; job < Jobs; job++)
        {
            var table = new DeltaTable(hub.Hub.Root.Storage, $"data/applications/shop/staging/p{job}");
            Assert.Equal(2 * Runs / Jobs, table.TryRead()!.Rows);
            Assert.Equal(Runs / Jobs, table.History().Select(v => v.Info["runId"]?.ToString()).Distinct().Count());
        }
    }
}
