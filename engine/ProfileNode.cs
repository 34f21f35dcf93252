using System.Globalization;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>What one operator of a statement did; the root stands for the statement.</summary>
/// <param name="Name">The operator's name; empty for the root.</param>
/// <param name="Type">The operator's type, such as <c>TABLE_SCAN</c>; empty for the root.</param>
/// <param name="Rows">The rows it gave.</param>
/// <param name="RowsScanned">The rows it read from a table or file, before its own filters; for the root, all of them.</param>
/// <param name="Time">The time spent in it, added over all threads; for the root, from start to end of the statement.</param>
/// <param name="Details">What else the operator tells, by its own keys, such as <c>Table</c>, <c>Filters</c> or <c>Function</c>.</param>
/// <param name="Metrics">All of DuckDB's measures by their names, as text.</param>
/// <param name="Children">The operators whose rows it took.</param>
public sealed record ProfileNode(
    string Name,
    string Type,
    long Rows,
    long RowsScanned,
    TimeSpan Time,
    IReadOnlyDictionary<string, string> Details,
    IReadOnlyDictionary<string, string> Metrics,
    IReadOnlyList<ProfileNode> Children
)
{
    internal static ProfileNode? Read(ConnectionHandle connection)
    {
        var root = NativeApi.duckdb_get_profiling_info(connection);
        return root == 0 ? null : Read(root);
    }

    private static ProfileNode Read(nint node)
    {
        var metrics = ReadMetrics(node);
        var children = new ProfileNode[NativeApi.duckdb_profiling_info_get_child_count(node)];
        for (var i = 0; i < children.Length; i++)
            children[i] = Read(NativeApi.duckdb_profiling_info_get_child(node, (ulong)i));

        return new(
            metrics.GetValueOrDefault("OPERATOR_NAME", ""),
            metrics.GetValueOrDefault("OPERATOR_TYPE", ""),
            Count(metrics, "OPERATOR_CARDINALITY", "ROWS_RETURNED"),
            Count(metrics, "OPERATOR_ROWS_SCANNED", "CUMULATIVE_ROWS_SCANNED"),
            Seconds(metrics),
            MapText.Parse(metrics.GetValueOrDefault("EXTRA_INFO", "{}")),
            metrics,
            children
        );
    }

    private static Dictionary<string, string> ReadMetrics(nint node)
    {
        using var map = NativeApi.duckdb_profiling_info_get_metrics(node);
        var metrics = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0UL; i < NativeApi.duckdb_get_map_size(map); i++)
        {
            using var key = NativeApi.duckdb_get_map_key(map, i);
            using var value = NativeApi.duckdb_get_map_value(map, i);
            metrics[NativeApi.duckdb_get_varchar(key)!] = NativeApi.duckdb_get_varchar(value) ?? "";
        }
        return metrics;
    }

    private static long Count(Dictionary<string, string> metrics, string name, string rootName) =>
        long.TryParse(metrics.GetValueOrDefault(name) ?? metrics.GetValueOrDefault(rootName), CultureInfo.InvariantCulture, out var count)
            ? count
            : 0;

    private static TimeSpan Seconds(Dictionary<string, string> metrics)
    {
        var text = metrics.GetValueOrDefault("OPERATOR_TIMING") ?? metrics.GetValueOrDefault("LATENCY");
        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
    }
}
