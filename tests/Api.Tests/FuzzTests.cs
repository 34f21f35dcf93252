using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Api.Tests;

/// <summary>Sends every operation of the API's own document what nobody should send.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Nothing_that_is_sent_makes_the_hub_fail()
    {
        await using var hub = await ApiHub.Start();
        hub.Pipeline(
            "load",
            metadata: "<metadata><schedule>0 6 * * *</schedule></metadata>",
            triggers: "<triggers><onEvent name=\"closed\"/></triggers>"
        );
        hub.Job("nightly", "<approval id=\"go\"/><pipelineRef id=\"load\" dependsOn=\"go\"/>", attributes: "concurrency=\"2\"");
        await hub.Run("/api/pipelines/shop/load");
        var run = (string)(await hub.Post("/api/jobs/shop/nightly/runs")).Body["runId"]!;
        var ended = (string)(await hub.Get("/api/runs?status=completed")).Body["runs"]![0]!["runId"]!;
        var document = JsonNode.Parse(await hub.Client.GetStringAsync("/openapi/v1.json"))!;
        hub.Write(
            "config/applications/shop/staging/streams/arrivals.xml",
            """<stream id="arrivals" version="1.0" layer="staging"><ingest table="arrivals_raw"><files path="landing/*.jsonl"/></ingest></stream>"""
        );
        var there = new Dictionary<string, string[]>
        {
            ["app"] = ["shop"],
            ["layer"] = ["staging", "service"],
            ["kind"] = ["pipeline", "job"],
            ["table"] = ["load"],
            ["node"] = ["go"],
            ["name"] = ["closed"],
            ["run"] = [run, ended],
            ["id"] = ["load", "nightly", "arrivals", run, ended],
            ["stream"] = ["arrivals"],
        };
        var values = new RandomValues(new Random(Campaign.Seed), document, there);
        var operations = document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => (Path: p.Key, Method: o.Key, Operation: o.Value!)))
            .ToArray();
        var requests = Campaign.Requests(inSuite: 25);
        var statuses = new Dictionary<int, int>();

        foreach (var (path, method, operation) in operations)
            for (var i = 0; i < requests; i++)
            {
                using var request = values.Request(path, method, operation);
                var sent = $"{method} {request.RequestUri} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync())}";
                var (status, answer) = await Send(hub, request);
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                Assert.True(status is (>= 200 and < 500), $"{sent}\n{status} {answer}");
                if (status >= 400 && answer.Length > 0)
                    Assert.NotNull(JsonNode.Parse(answer)!["title"]);
            }

        // It has got through to the endpoints, and not only to the router.
        Assert.All([200, 202, 400, 404], s => Assert.True(statuses.GetValueOrDefault(s) > 0, $"nothing was answered with {s}"));
        Assert.Equal(200, (await hub.Get("/health/ready")).Status);
    }

    private static async Task<(int Status, string Answer)> Send(ApiHub hub, HttpRequestMessage request)
    {
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // The events of a run that goes on have no end.
        return answer.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? ((int)answer.StatusCode, "")
            : ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Makes requests of what the document says, and of what it does not.</summary>
    /// <param name="random">Its seed decides everything.</param>
    /// <param name="document">The API's document.</param>
    /// <param name="there">Names that lead somewhere, by the parameter that takes them.</param>
    private sealed class RandomValues(Random random, JsonNode document, Dictionary<string, string[]> there)
    {
        private readonly string[] known = [.. there.Values.SelectMany(v => v)];

        private static readonly string[] Odd =
        [
            "",
            " ",
            "0",
            "-1",
            "9223372036854775808",
            "1e400",
            "NaN",
            "true",
            "null",
            "..",
            "../../etc/passwd",
            "a/b",
            "'; DROP TABLE x; --",
            "\"",
            "%",
            "%00",
            "\0",
            "\u202e\ufeff",
            "🦊",
            "é́́",
            "2026-02-30",
            "0001-01-01T00:00:00-14:00",
            "9999-12-31T23:59:59.9999999+14:00",
            "1~",
            "99999999999999~x",
            "-62135596800000000~x",
            "{}",
            "[1]",
            new string('x', 300),
            new string('ü', 3000),
        ];

        public HttpRequestMessage Request(string path, string method, JsonNode operation)
        {
            var query = new List<string>();
            var headers = new List<(string, string)>();
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            {
                var name = (string)parameter!["name"]!;
                switch ((string?)parameter["in"])
                {
                    case "path":
                        path = path.Replace(
                            $"{{{name}}}",
                            Uri.EscapeDataString(random.Next(6) > 0 ? Pick(there[name]) : Text(parameter["schema"]!)),
                            StringComparison.Ordinal
                        );
                        break;
                    case "query" when random.Next(3) == 0:
                        query.Add($"{name}={Uri.EscapeDataString(Text(parameter["schema"]!))}");
                        break;
                    case "header" when random.Next(2) == 0:
                        headers.Add((name, new string([.. Text(parameter["schema"]!).Where(c => c is >= ' ' and <= '~')])));
                        break;
                }
            }
            if (random.Next(8) == 0)
                query.Add($"{Uri.EscapeDataString(Pick(Odd))}={Uri.EscapeDataString(Pick(Odd))}");
            var request = new HttpRequestMessage(
                HttpMethod.Parse(method),
                new Uri(query.Count == 0 ? path : $"{path}?{string.Join('&', query)}", UriKind.Relative)
            );
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is { } body && random.Next(6) > 0)
                request.Content = Content(body);
            return request;
        }

        private StringContent Content(JsonNode schema)
        {
            var json = random.Next(6) switch
            {
                0 => Pick(Odd),
                1 => "{\"parameters\":{\"a\":\"\\ud800\"},\"reason\":\"\\udfff\",\"from\":\"\\ud800\"}",
                2 => string.Concat(Enumerable.Repeat("[", 100)),
                _ => Json(schema, 0)?.ToJsonString() ?? "null",
            };
            var content = new StringContent(json, Encoding.UTF8);
            content.Headers.ContentType = new MediaTypeHeaderValue(random.Next(10) == 0 ? "text/plain" : "application/json");
            return content;
        }

        private JsonNode? Json(JsonNode schema, int depth)
        {
            schema = Resolve(schema);
            // One in four is of another kind than the document says.
            if (random.Next(4) == 0 || depth > 3)
                return random.Next(5) switch
                {
                    0 => JsonValue.Create(random.Next()),
                    1 => JsonValue.Create(Pick(Odd)),
                    2 => new JsonArray(1, "a", null),
                    3 => new JsonObject { ["a"] = new JsonObject() },
                    _ => null,
                };
            if (schema["properties"] is not JsonObject properties)
                return Types(schema).Contains("object")
                        ? new JsonObject { [Pick(known)] = JsonValue.Create(Pick(Odd)), ["count"] = random.Next(3) }
                    : Types(schema).Contains("boolean") ? JsonValue.Create(random.Next(2) == 0)
                    : JsonValue.Create(Text(schema));
            var value = new JsonObject();
            foreach (var (name, property) in properties)
                if (random.Next(3) > 0)
                    value[name] = Json(property!, depth + 1);
            return value;
        }

        private string Text(JsonNode schema)
        {
            schema = Resolve(schema);
            return random.Next(4) switch
            {
                0 => Pick(Odd),
                1 when schema["enum"] is JsonArray names => (string?)names[random.Next(names.Count)] ?? "",
                1 when Types(schema).Contains("integer") => random.Next(-3, 2000).ToString(),
                _ => Pick(known),
            };
        }

        private JsonNode Resolve(JsonNode schema) =>
            (string?)schema["$ref"] is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]]! : schema;

        private static string[] Types(JsonNode schema) =>
            schema["type"] switch
            {
                JsonArray many => [.. many.Select(t => (string)t!)],
                { } one => [(string)one!],
                null => [],
            };

        private string Pick(string[] from) => from[random.Next(from.Length)];
    }
}
