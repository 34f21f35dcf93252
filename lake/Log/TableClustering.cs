using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Log;

/// <summary>What a clustered table says of itself: the protocol's domain <c>delta.clustering</c>.</summary>
internal static class TableClustering
{
    public const string Feature = "clustering";

    /// <summary>What files say that this version of the hub has clustered.</summary>
    public const string Provider = "serverlesshub";

    public const string Domain = "delta.clustering";

    /// <summary>Whether a file may be ordered anew: by the protocol nobody touches the order that another client has made.</summary>
    public static bool IsOurs(AddFile file) => file.ClusteringProvider is null or Provider;

    /// <summary>The columns that the table is clustered by, by their paths in data files; empty if it is not, or says nothing that can be read.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Columns(TableState state)
    {
        if (state.Domains.FirstOrDefault(domain => domain.Domain == Domain)?.Configuration is not { } configuration)
            return [];
        try
        {
            return JsonNode.Parse(configuration)?["clusteringColumns"] is JsonArray columns ? [.. columns.Select(Path)] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>A column is a name or, as some writers have it, the names on the way to it.</summary>
    private static IReadOnlyList<string> Path(JsonNode? column) =>
        column is JsonArray names ? [.. names.Select(name => $"{name}")] : [$"{column}"];
}
