namespace ServerlessHub.Api.Tests;

/// <summary>Jobs and pipelines, from the request to the rows in their tables.</summary>
public sealed class JobRunTests
{
    [Fact]
    public async Task A_job_of_two_nodes_ends_as_its_policies_say_and_its_tables_hold_the_rows()
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
        // An error in data is not tried again.
        Assert.Equal(1, (int)run["nodes"]![0]!["attempts"]!);
        Assert.Equal(3, (long)run["nodes"]![1]!["rowsWritten"]!);
        var preview = (await hub.Get("/api/tables/shop/staging/orders/preview")).Body;
        Assert.Equal(["Ada", "Bob", "Cy"], preview["rows"]!.AsArray().Select(r => (string?)r!["name"]).Order());
        Assert.Equal(404, (await hub.Get("/api/tables/shop/staging/broken")).Status);
    }
}
