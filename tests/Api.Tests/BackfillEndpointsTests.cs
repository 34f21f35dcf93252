using System.Text.Json.Nodes;

namespace ServerlessHub.Api.Tests;

/// <summary>Runs for a range of dates.</summary>
public sealed class BackfillEndpointsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly ApiHub hub = shared.Hub;

    [Fact]
    public async Task Each_date_runs_once_and_what_has_succeeded_is_not_missing()
    {
        hub.Pipeline("daily", rows: "1,Ada\n");
        var range = new
        {
            pipeline = "daily",
            from = "2026-01-30",
            to = "2026-02-01",
            maxParallel = 2,
        };
        Assert.Equal(["2026-01-30", "2026-01-31", "2026-02-01"], await Plan(range));

        var (status, started) = await hub.Post("/api/backfills", range, user: "ada");

        Assert.Equal(202, status);
        var backfill = await End((string)started["id"]!);
        Assert.Equal(("completed", "ada"), ((string?)backfill["status"], (string?)backfill["by"]));
        Assert.All(backfill["days"]!.AsArray(), d => Assert.Equal("completed", (string?)d!["status"]));
        Assert.Equal(3, (await hub.Get($"/api/runs?backfill={started["id"]}")).Body["runs"]!.AsArray().Count);
        Assert.Equal(3, (await hub.Get("/api/tables/shop/staging/daily/preview")).Body["rows"]!.AsArray().Count);
        Assert.Empty(await Plan(range));
        Assert.Equal(422, (await hub.Post("/api/backfills", range)).Status);
        Assert.Contains((await hub.Get("/api/backfills")).Body["backfills"]!.AsArray(), b => (string?)b!["id"] == (string?)started["id"]);
    }

    [Fact]
    public async Task A_backfill_is_paused_resumed_and_cancelled_with_the_run_that_goes_on()
    {
        hub.Job("asking", "<approval id=\"go\"/>");
        var (status, started) = await hub.Post(
            "/api/backfills",
            new
            {
                job = "asking",
                from = "2026-01-01",
                to = "2026-01-03",
            }
        );
        Assert.Equal(202, status);
        var path = $"/api/backfills/{started["id"]}";

        Assert.Equal(202, (await hub.Post($"{path}/pause")).Status);
        Assert.Equal(202, (await hub.Post($"{path}/resume")).Status);
        Assert.Equal(202, (await hub.Post($"{path}/cancel")).Status);

        var backfill = await End((string)started["id"]!);
        Assert.Equal("cancelled", (string?)backfill["status"]);
        Assert.Null(backfill["days"]![2]!["status"]);
        Assert.Equal(409, (await hub.Post($"{path}/resume")).Status);
    }

    [Fact]
    public async Task A_wrong_wish_is_explained()
    {
        hub.Job("wished", "<approval id=\"go\"/>");

        Assert.Equal(400, (await hub.Post("/api/backfills", new { job = "wished", from = "2026-01-01" })).Status);
        Assert.Equal(400, (await hub.Post("/api/backfills")).Status);
        Assert.Equal(
            404,
            (
                await hub.Post(
                    "/api/backfills",
                    new
                    {
                        job = "none",
                        from = "2026-01-01",
                        to = "2026-01-01",
                    }
                )
            ).Status
        );
        Assert.Equal(
            422,
            (
                await hub.Post(
                    "/api/backfills?plan=true",
                    new
                    {
                        job = "wished",
                        from = "2026-01-02",
                        to = "2026-01-01",
                    }
                )
            ).Status
        );
        Assert.Equal(
            422,
            (
                await hub.Post(
                    "/api/backfills",
                    new
                    {
                        job = "wished",
                        from = "0001-01-01",
                        to = "9999-12-31",
                    }
                )
            ).Status
        );
        Assert.Equal(
            422,
            (
                await hub.Post(
                    "/api/backfills",
                    new
                    {
                        job = "wished",
                        from = "2026-01-01",
                        to = "2026-01-01",
                        maxParallel = 0,
                    }
                )
            ).Status
        );
        Assert.Equal(404, (await hub.Get("/api/backfills/none")).Status);
        Assert.Equal(404, (await hub.Post("/api/backfills/none/pause")).Status);
    }

    private async Task<IEnumerable<string?>> Plan(object range) =>
        (await hub.Post("/api/backfills?plan=true", range)).Body["dates"]!.AsArray().Select(d => (string?)d);

    private async Task<JsonNode> End(string id)
    {
        await hub.Hub.Client.WaitForEnd(id);
        return (await hub.Get($"/api/backfills/{id}")).Body;
    }
}
