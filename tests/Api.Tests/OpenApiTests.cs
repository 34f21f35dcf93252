using System.Text.Json.Nodes;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Api.Tests;

/// <summary>The API's own document.</summary>
public sealed class OpenApiTests
{
    private const string Command = "HUB_UPDATE_REFERENCE=1 dotnet test tests/Api.Tests --filter OpenApi";

    [Fact]
    public async Task The_document_is_written_down()
    {
        await using var hub = await ApiHub.Start();
        var text = (await hub.Client.GetStringAsync("/openapi/v1.json")).ReplaceLineEndings("\n") + "\n";
        var path = Repository.PathOf("docs", "reference", "openapi.json");
        if (Environment.GetEnvironmentVariable("HUB_UPDATE_REFERENCE") == "1")
            await File.WriteAllTextAsync(path, text);

        Assert.True(
            File.Exists(path) && await File.ReadAllTextAsync(path) == text,
            $"docs/reference/openapi.json is stale; write it anew with: {Command}"
        );
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_what_it_takes_and_how_it_fails()
    {
        await using var hub = await ApiHub.Start();
        var document = JsonNode.Parse(await hub.Client.GetStringAsync("/openapi/v1.json"))!;
        var names = new HashSet<string> { "" };
        foreach (var (path, item) in document["paths"]!.AsObject())
        foreach (var (method, operation) in item!.AsObject())
        {
            Assert.True(names.Add((string?)operation!["operationId"] ?? ""), $"{method} {path} has no name of its own");
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{method} {path} has no summary");
            Assert.False(string.IsNullOrEmpty((string?)operation["description"]), $"{method} {path} has no description");
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                Assert.False(
                    string.IsNullOrEmpty((string?)parameter!["description"]),
                    $"{method} {path} does not describe {parameter["name"]}"
                );
            var responses = operation["responses"]!.AsObject();
            Assert.Contains(responses, r => r.Key is "200" or "202");
            if (path.StartsWith("/api", StringComparison.Ordinal))
                Assert.Contains("application/problem+json", responses["400"]!["content"]!.AsObject());
        }
    }
}
