using System.Text.Json.Nodes;

namespace ServerlessHub.Api.Tests;

/// <summary>Events that start documents.</summary>
public sealed class SignalEndpointsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const string Count = "<parameter name=\"count\" type=\"int\" default=\"0\"/>";
    private readonly ApiHub hub = shared.Hub;

    [Fact]
    public async Task An_event_starts_all_that_wait_for_it_each_with_the_parameters_that_it_declares()
    {
        hub.Pipeline("counted", parameters: Count, triggers: OnEvent("closed"));
        hub.Pipeline("plain", metadata: "<metadata><schedule>0 6 * * *</schedule></metadata>", triggers: OnEvent("closed"));
        hub.Pipeline("unmoved", triggers: OnEvent("opened"));
        hub.Job("both", "<pipelineRef id=\"unmoved\" layer=\"staging\"/>", before: OnEvent("closed"));
        Assert.Equal(200, (await hub.Post("/api/schedules/pipeline/shop/staging/plain/pause")).Status);
        var body = new { parameters = new { count = 3, runDate = "2026-06-30" }, businessDate = "2026-06-30" };

        var (status, raised) = await hub.Post("/api/signals/shop/closed", body, user: "ada");

        Assert.Equal(202, status);
        var runs = await Ended(raised);
        Assert.Equal(["both", "counted", "plain"], runs.Select(r => (string)r["job"]!).Order());
        Assert.All(runs, r => Assert.Equal("completed", (string?)r["status"]));
        Assert.All(runs, r => Assert.Equal(("event", "ada", "closed"), Of(r["trigger"]!)));
        Assert.All(
            runs,
            r => Assert.Equal(("2026-06-30", "2026-06-30"), ((string?)r["businessDate"], (string?)r["parameters"]!["runDate"]))
        );
        Assert.Equal(["3"], runs.Select(r => (string?)r["parameters"]!["count"]).OfType<string>());
        Assert.Equal(2, (await hub.Get("/api/tables/shop/staging/counted/preview")).Body["rows"]!.AsArray().Count);
        var listed = (await hub.Get("/api/signals?app=shop")).Body["signals"]!.AsArray();
        Assert.Contains(listed, s => (string?)s!["name"] == "closed" && s["starts"]!.AsArray().Count == 3);
    }

    [Fact]
    public async Task A_key_stands_for_what_its_event_has_started()
    {
        hub.Pipeline("keyed", parameters: Count, triggers: OnEvent("keyed"));
        var body = new { parameters = new { count = 1 } };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => hub.Post("/api/signals/shop/keyed", body, key: "k")));

        Assert.All(answers, a => Assert.Equal(202, a.Status));
        Assert.Single(answers.Select(a => (string)a.Body["runs"]![0]!["runId"]!).Distinct());
        await Ended(answers[0].Body);
        Assert.Equal(2, (await hub.Get("/api/tables/shop/staging/keyed/preview")).Body["rows"]!.AsArray().Count);
        Assert.Equal(409, (await hub.Post("/api/signals/shop/keyed", new { parameters = new { count = 2 } }, key: "k")).Status);
        var other = await hub.Post("/api/signals/shop/keyed", body);
        Assert.NotEqual((string?)answers[0].Body["runs"]![0]!["runId"], (string?)other.Body["runs"]![0]!["runId"]);
        await Ended(other.Body);
    }

    [Fact]
    public async Task Where_one_cannot_be_started_none_is_and_the_reason_is_told()
    {
        hub.Pipeline("willing", triggers: OnEvent("refused"));
        hub.Pipeline("strict", parameters: Count, triggers: OnEvent("refused"));

        var (wrong, problem) = await hub.Post("/api/signals/shop/refused", new { parameters = new { count = "many" } });
        Assert.Equal((422, true), (wrong, problem.ToString().Contains("count", StringComparison.Ordinal)));
        var (unknown, named) = await hub.Post("/api/signals/shop/refused", new { parameters = new { cuont = 1 } });
        Assert.Equal((422, true), (unknown, ((string)named["hint"]!).Contains("'count'", StringComparison.Ordinal)));
        var (nobody, hint) = await hub.Post("/api/signals/shop/refusd");
        Assert.Equal((404, true), (nobody, ((string)hint["hint"]!).Contains("'refused'", StringComparison.Ordinal)));

        Assert.Empty((await hub.Get("/api/runs?job=willing")).Body["runs"]!.AsArray());
    }

    private static string OnEvent(string name) => $"<triggers><onEvent name=\"{name}\"/></triggers>";

    private static (string?, string?, string?) Of(JsonNode trigger) =>
        ((string?)trigger["kind"], (string?)trigger["by"], (string?)trigger["detail"]);

    private async Task<IReadOnlyList<JsonNode>> Ended(JsonNode raised)
    {
        var runs = new List<JsonNode>();
        foreach (var run in raised["runs"]!.AsArray())
            runs.Add(await hub.End((string)run!["runId"]!));
        return runs;
    }
}
