using System.Text.Json.Nodes;
using ServerlessHub.Lake.Schema;

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
        "dataChange",
        "lastManifestCommit",
        "tags",
        "engineInfo",
        "txnId",
    ];

    public static JsonObject Create(CommitOptions options, StagedChange change, DateTimeOffset now)
    {
        var info = new JsonObject
        {
            ["timestamp"] = now.ToUnixTimeMilliseconds(),
            ["operation"] = change.Operation.Name,
            ["operationParameters"] = change.Operation.Parameters.DeepClone(),
            ["operationMetrics"] = OperationMetrics.Of(change.Operation, change.Metrics),
            ["isolationLevel"] = change.Operation.ChangesRows ? "Serializable" : "SnapshotIsolation",
            ["isBlindAppend"] = change.Operation.IsBlindAppend && options.ReadVersion is null,
            ["engineInfo"] = Engine,
            ["txnId"] = Guid.NewGuid().ToString(),
        };
        if (change.ReadVersion >= 0)
            info["readVersion"] = change.ReadVersion;
        if (change.Protocol.Supports(RowTracking.Feature))
            info["tags"] = new JsonObject { ["delta.rowTracking.preserved"] = PreservesRowIds(change) ? "true" : "false" };
        foreach (var (key, value) in options.CommitInfo)
            info.Add(key, value);
        return info;
    }

    /// <summary>Rows that are written anew get new numbers, unless the table has columns for those that they had.</summary>
    private static bool PreservesRowIds(StagedChange change) =>
        change.Metrics is { RowsCopied: 0, RowsUpdated: 0 } || RowTracking.Of(change.Protocol, change.Metadata) is not null;

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
}
