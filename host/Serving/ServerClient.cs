using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Api.Access;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Serving;

/// <summary>Asks the server of a hub root.</summary>
internal sealed class ServerClient : IDisposable
{
    private readonly HttpClient http;

    /// <summary>Prepares it.</summary>
    /// <exception cref="IOException">The server's key cannot be read.</exception>
    public ServerClient(HubRoot root, ServerFile server)
    {
        http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Add(ApiAccess.KeyHeader, Environment.GetEnvironmentVariable("HUB_API_KEY") ?? ServerFile.Key(root));
        http.DefaultRequestHeaders.Add(ApiAccess.UserHeader, Environment.UserName);
    }

    /// <summary>Asks for something.</summary>
    /// <exception cref="RunException">The server does not answer, or refuses.</exception>
    /// <exception cref="CommandException">A document is wrong.</exception>
    public async Task<T> Get<T>(string path, CancellationToken ct) =>
        (await Send(() => http.GetAsync(path, ct), ct)).Deserialize<T>(DurableJson.Options)!;

    /// <summary>Wants something done.</summary>
    /// <exception cref="RunException">The server does not answer, or refuses.</exception>
    /// <exception cref="CommandException">A document is wrong.</exception>
    public Task<JsonNode?> Post(string path, object body, CancellationToken ct) =>
        Send(() => http.PostAsJsonAsync(path, body, DurableJson.Options, ct), ct);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<JsonNode?> Send(Func<Task<HttpResponseMessage>> send, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await send();
        }
        catch (HttpRequestException e)
        {
            throw new RunException(
                $"the server at {http.BaseAddress} does not answer: {e.Message}",
                "look whether it still runs, or delete .hub/server.json if it does not",
                isTransient: true,
                inner: e
            );
        }
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(ct);
            var json = text.Length == 0 ? null : Parse(text);
            return response.IsSuccessStatusCode ? json : throw Refused(response, json);
        }
    }

    private static Exception Refused(HttpResponseMessage response, JsonNode? problem)
    {
        var (detail, hint) = (problem?["detail"]?.GetValue<string>(), problem?["hint"]?.GetValue<string>());
        return problem?["findings"] is JsonArray { Count: > 0 } findings
            ? new CommandException(ExitCode.Invalid, string.Join('\n', findings.Select(Finding)), hint)
            : new RunException(detail ?? $"the server answered {(int)response.StatusCode}", hint);
    }

    private static string Finding(JsonNode? finding)
    {
        var place = new SourceLocation(
            finding!["file"]!.GetValue<string>(),
            finding["line"]!.GetValue<int>(),
            finding["column"]!.GetValue<int>()
        );
        return $"{place}: {finding["message"]}{(finding["hint"] is { } hint ? $"; {hint}" : "")}";
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
