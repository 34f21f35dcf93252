using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessHub.Api.Tests;

/// <summary>Who may ask.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task With_a_key_only_those_who_have_it_are_answered()
    {
        await using var hub = await ApiHub.Start("s3cret");

        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(hub));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(hub, ("X-Api-Key", "s3cre")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(hub, ("Authorization", "Bearer wrong")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(hub, ("Authorization", "Basic s3cret")));
        Assert.Equal(HttpStatusCode.OK, await Ask(hub, ("X-Api-Key", "s3cret")));
        Assert.Equal(HttpStatusCode.OK, await Ask(hub, ("Authorization", "bearer s3cret")));
        Assert.Equal(HttpStatusCode.OK, await Ask(hub, ("X-Api-Key", "s3cret"), ("Origin", "https://portal.example")));
    }

    [Theory]
    [InlineData("/openapi/v1.json", 401)]
    [InlineData("/api/none", 401)]
    [InlineData("/health/live", 200)]
    public async Task All_but_health_needs_the_key(string path, int status)
    {
        await using var hub = await ApiHub.Start("s3cret");
        using var answer = await hub.Client.GetAsync(path);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_key_no_page_of_a_browser_is_answered()
    {
        await using var hub = await ApiHub.Start();

        Assert.Equal(HttpStatusCode.OK, await Ask(hub));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(hub, ("Origin", "https://elsewhere.example")));
    }

    [Fact]
    public async Task A_refusal_is_problem_details_and_says_what_to_do_but_no_key()
    {
        await using var hub = await ApiHub.Start("s3cret");

        using var answer = await hub.Client.GetAsync("/api/jobs");
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>();

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("the request carries no key", (string?)problem!["detail"]);
        Assert.Contains("X-Api-Key", (string?)problem["hint"], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_needs_no_key_and_tells_what_is_wrong()
    {
        await using var hub = await ApiHub.Start("s3cret");
        Assert.Equal(200, (await hub.Get("/health/live")).Status);
        Assert.Equal(200, (await hub.Get("/health/ready")).Status);

        hub.Failure = new IOException("the disk is full");
        var (status, body) = await hub.Get("/health/ready");
        Assert.Equal(503, status);
        Assert.Equal("the durable runtime accepts nothing: the disk is full", (string?)body["problems"]![0]);

        hub.Failure = null;
        Directory.Move(Path.Combine(hub.Folder, "config"), Path.Combine(hub.Folder, "gone"));
        (status, body) = await hub.Get("/health/ready");
        Assert.Equal(503, status);
        Assert.Equal("the hub root is not there: it holds no config", (string?)body["problems"]![0]);
        Assert.Equal(200, (await hub.Get("/health/live")).Status);
    }

    private static async Task<HttpStatusCode> Ask(ApiHub hub, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/jobs");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var answer = await hub.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
