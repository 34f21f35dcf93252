using System.Text.Json.Nodes;

namespace ServerlessHub.Lake;

/// <summary>What the log tells of one commit.</summary>
/// <param name="Version">The version that it made.</param>
/// <param name="Timestamp">When it was made, by the clock of the storage, or as the commit says, if the table has its commits say so.</param>
/// <param name="Operation">What was done, such as WRITE or MERGE; null if its writer did not say.</param>
/// <param name="Parameters">How it was done.</param>
/// <param name="Metrics">What it did, in numbers.</param>
/// <param name="Info">All that its writer recorded, these three among it; empty if nothing.</param>
public sealed record TableVersion(
    long Version,
    DateTimeOffset Timestamp,
    string? Operation,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, string> Metrics,
    JsonObject Info
)
{
    internal static TableVersion From(long version, DateTimeOffset timestamp, JsonObject? info)
    {
        info ??= [];
        return new(
            version,
            timestamp,
            info["operation"]?.ToString(),
            Texts(info["operationParameters"]),
            Texts(info["operationMetrics"]),
            info
        );
    }

    private static Dictionary<string, string> Texts(JsonNode? node) =>
        (node as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => entry.Value?.ToString() ?? "");
}
