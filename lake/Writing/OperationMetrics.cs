using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Writing;

/// <summary>The numbers of a commit, by the names that other Delta writers give them for each operation.</summary>
internal static class OperationMetrics
{
    public static JsonObject Of(Operation operation, WriteMetrics metrics)
    {
        var values = operation.Name switch
        {
            "WRITE" => Write(metrics),
            "MERGE" => Merge(metrics),
            "DELETE" => Delete(metrics),
            "UPDATE" => Update(metrics),
            _ => [],
        };
        return new(values.Concat(operation.Metrics).Select(metric => KeyValuePair.Create(metric.Name, (JsonNode?)metric.Value.ToString())));
    }

    private static (string Name, long Value)[] Write(WriteMetrics metrics) =>
        [
            ("numFiles", metrics.FilesAdded),
            ("numOutputRows", metrics.RowsWritten),
            ("numOutputBytes", metrics.BytesAdded),
            ("numRemovedFiles", metrics.FilesRemoved),
            ("numRemovedBytes", metrics.BytesRemoved),
        ];

    private static (string Name, long Value)[] Merge(WriteMetrics metrics) =>
        [
            ("numSourceRows", metrics.RowsIn),
            ("numOutputRows", metrics.RowsWritten),
            ("numTargetRowsInserted", metrics.RowsInserted),
            ("numTargetRowsUpdated", metrics.RowsUpdated),
            ("numTargetRowsDeleted", metrics.RowsDeleted ?? 0),
            ("numTargetRowsCopied", metrics.RowsCopied),
            ("numTargetFilesAdded", metrics.FilesAdded),
            ("numTargetFilesRemoved", metrics.FilesRemoved),
            ("numTargetBytesAdded", metrics.BytesAdded),
            ("numTargetBytesRemoved", metrics.BytesRemoved),
            ("numTargetChangeFilesAdded", metrics.ChangeFilesAdded),
            ("numTargetDeletionVectorsAdded", metrics.DeletionVectorsAdded),
            ("numTargetDeletionVectorsRemoved", metrics.DeletionVectorsRemoved),
        ];

    private static (string Name, long Value)[] Delete(WriteMetrics metrics) =>
        [("numDeletedRows", metrics.RowsDeleted ?? 0), .. Rewritten(metrics)];

    private static (string Name, long Value)[] Update(WriteMetrics metrics) =>
        [("numUpdatedRows", metrics.RowsUpdated), .. Rewritten(metrics)];

    private static (string Name, long Value)[] Rewritten(WriteMetrics metrics) =>
        [
            ("numCopiedRows", metrics.RowsCopied),
            ("numAddedFiles", metrics.FilesAdded),
            ("numRemovedFiles", metrics.FilesRemoved),
            ("numAddedBytes", metrics.BytesAdded),
            ("numRemovedBytes", metrics.BytesRemoved),
            ("numAddedChangeFiles", metrics.ChangeFilesAdded),
            ("numDeletionVectorsAdded", metrics.DeletionVectorsAdded),
            ("numDeletionVectorsRemoved", metrics.DeletionVectorsRemoved),
        ];
}
