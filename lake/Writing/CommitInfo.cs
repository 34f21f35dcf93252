using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Writing;

/// <summary>What a commit says of itself, in the words that other Delta writers use.</summary>
internal static class CommitInfo
{
    private static readonly string Engine = $"ServerlessHub/{typeof(CommitInfo).Assembly.GetName().Version?.ToString(3)}";

    private static readonly HashSet<string> Taken =
    [
        "version",
        "timestamp",
        "inCommitTimestamp",
        "operation",
        "operationParameters",
        "operationMetrics",
        "job",
        "notebook",
        "readVersion",
        "isolationLevel",
        "isBlindAppend",
        "tags",
        "engineInfo",
        "txnId",
    ];

    public static JsonObject Create(WriteOptions options, StagedChange change, DateTimeOffset now)
    {
        var info = new JsonObject
        {
            ["timestamp"] = now.ToUnixTimeMilliseconds(),
            ["operation"] = options.Mode == WriteMode.Merge ? "MERGE" : "WRITE",
            ["operationParameters"] = Parameters(options, change),
            ["operationMetrics"] = options.Mode == WriteMode.Merge ? MergeMetrics(change.Metrics) : WriteMetrics(change.Metrics),
            ["isolationLevel"] = "Serializable",
            ["isBlindAppend"] = options is { Mode: WriteMode.Append, ReadVersion: null },
            ["engineInfo"] = Engine,
            ["txnId"] = Guid.NewGuid().ToString(),
        };
        if (change.ReadVersion >= 0)
            info["readVersion"] = change.ReadVersion;
        foreach (var (key, value) in options.CommitInfo)
            info.Add(key, value);
        return info;
    }

    /// <summary>Refuses what would contradict the commit, or what other readers expect to be no text.</summary>
    /// <exception cref="ArgumentException">There is such a name; the message says which.</exception>
    public static void RequireFree(IEnumerable<string> names)
    {
        if (names.FirstOrDefault(Taken.Contains) is { } name)
            throw new ArgumentException(
                $"A commit cannot say '{name}' of itself: the name has a meaning of its own in the log.",
                nameof(names)
            );
    }

    private static JsonObject Parameters(WriteOptions options, StagedChange change) =>
        options.Mode switch
        {
            WriteMode.Merge => new()
            {
                ["predicate"] = Json(options.Keys.Select(key => $"(target.{key} <=> source.{key})")),
                ["matchedPredicates"] = options.DeleteWhen is null
                    ? """[{"actionType":"update"}]"""
                    : $$"""[{"predicate":{{JsonSerializer.Serialize(options.DeleteWhen)}},"actionType":"delete"},{"actionType":"update"}]""",
                ["notMatchedPredicates"] = """[{"actionType":"insert"}]""",
            },
            WriteMode.OverwritePartitions => new()
            {
                ["mode"] = "Overwrite",
                ["partitionOverwriteMode"] = "dynamic",
                ["partitionBy"] = Json(change.Metadata.PartitionColumns),
            },
            _ => new() { ["mode"] = $"{options.Mode}", ["partitionBy"] = Json(change.Metadata.PartitionColumns) },
        };

    private static string Json(IEnumerable<string> texts) => JsonSerializer.Serialize(texts);

    private static JsonObject WriteMetrics(WriteMetrics metrics) =>
        Texts(
            ("numFiles", metrics.FilesAdded),
            ("numOutputRows", metrics.RowsWritten),
            ("numOutputBytes", metrics.BytesAdded),
            ("numRemovedFiles", metrics.FilesRemoved),
            ("numRemovedBytes", metrics.BytesRemoved)
        );

    private static JsonObject MergeMetrics(WriteMetrics metrics) =>
        Texts(
            ("numSourceRows", metrics.RowsIn),
            ("numOutputRows", metrics.RowsWritten),
            ("numTargetRowsInserted", metrics.RowsInserted),
            ("numTargetRowsUpdated", metrics.RowsUpdated),
            ("numTargetRowsDeleted", metrics.RowsDeleted ?? 0),
            ("numTargetRowsCopied", metrics.RowsCopied),
            ("numTargetFilesAdded", metrics.FilesAdded),
            ("numTargetFilesRemoved", metrics.FilesRemoved),
            ("numTargetBytesAdded", metrics.BytesAdded),
            ("numTargetBytesRemoved", metrics.BytesRemoved)
        );

    private static JsonObject Texts(params (string Name, long Value)[] metrics) =>
        new(metrics.Select(metric => KeyValuePair.Create(metric.Name, (JsonNode?)metric.Value.ToString())));
}
