using System.Text;
using System.Text.Json;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Streams.Polling;

/// <summary>The headers that sign requests in, as the resource that <c>securityRef</c> names says. Their values are secrets.</summary>
internal static class PollCredentials
{
    private static readonly string[] Known = ["bearer", "user", "password", "headers"];

    /// <summary>The headers; none where the element names no resource.</summary>
    /// <exception cref="RunException">The resource or a secret is missing, or not what it should be.</exception>
    public static IReadOnlyDictionary<string, string> Of(Element poll, HubRoot root, DocumentAddress stream)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (poll["securityRef"] is not { } name)
            return headers;
        var resource =
            root.Connection(name, stream) ?? throw new RunException($"there is no connection '{name}'", $"put it in resources/{name}.json");
        foreach (var property in resource.EnumerateObject())
            if (!Known.Contains(property.Name))
                throw Wrong(
                    name,
                    $"has '{property.Name}', which says nothing of how to sign in",
                    NearestName.Hint(property.Name, Known) ?? $"what may stand there: {string.Join(", ", Known)}"
                );
        var secrets = new HubSecrets(root.Path, isShared: root.IsRemote);
        try
        {
            if (Value("bearer") is { } token)
                headers["Authorization"] = $"Bearer {token}";
            if (Value("user") is { } user)
                headers["Authorization"] = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Value("password")}"))}";
            if (resource.TryGetProperty("headers", out var more))
                foreach (var header in more.EnumerateObject())
                    headers[header.Name] = Text(header.Name, header.Value);
        }
        catch (SecretException e)
        {
            throw new RunException(e.Message, isTransient: e.IsTransient, inner: e);
        }
        foreach (var (header, value) in headers)
            if (value.Any(c => c is < ' ' or > '~'))
                throw Wrong(
                    name,
                    $"gives the header {header} a value with a character that no header may have",
                    "look for a line end in it"
                );
        return headers;

        string? Value(string property) => resource.TryGetProperty(property, out var value) ? Text(property, value) : null;

        string Text(string property, JsonElement value) =>
            value.ValueKind == JsonValueKind.String
                ? secrets.Expand(value.GetString()!).Reveal()
                : throw Wrong(name, $"has a '{property}' that is no text", "write it in quotes");
    }

    private static RunException Wrong(string name, string what, string hint) => new($"resources/{name}.json {what}", hint);
}
