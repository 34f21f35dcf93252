using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// Writes files of a table anew, so that fewer are read: a commit for every few gigabytes, none of which changes a row. What is done stays
/// done, however it ends.
/// </summary>
internal sealed class Optimization(ILakeStorage storage, string table, TimeProvider time, Connection connection, OptimizeOptions options)
{
    private const int BatchFiles = 10_000;

    /// <summary>Whether nobody asked for it but a property of the table.</summary>
    public bool IsAutomatic { get; init; }

    /// <summary>How many commits at most.</summary>
    public int MaxCommits { get; init; } = int.MaxValue;

    /// <summary>How many bytes a commit takes out of the table at most, unless one new file needs more.</summary>
    public long MaxBatchSize { get; init; } = 4L << 30;

    /// <summary>Works through the files that are in the table when it begins; what others add meanwhile is left for the next time.</summary>
    /// <param name="first">The table when it begins.</param>
    /// <param name="enter">Waits until it may rewrite files, and gives the table as it is then; disposing the first lets others in.</param>
    /// <param name="ct">Ends it; what is committed stays.</param>
    public OptimizeResult Run(Snapshot first, Func<(IDisposable? Turn, Snapshot Now)> enter, CancellationToken ct)
    {
        RequireClusterable(first);
        return Run(first, options.Where is { } where ? PartitionCondition.Select(table, connection, where, first) : first.Files, enter, ct);
    }

    /// <summary>As the other, for some of the files.</summary>
    public OptimizeResult Run(
        Snapshot first,
        IReadOnlyList<DataFile> chosen,
        Func<(IDisposable? Turn, Snapshot Now)> enter,
        CancellationToken ct
    )
    {
        WriteTarget.RequireWritable(table, first, onlyAppends: true);
        var pending = chosen.Select(file => FileKey.Of(file.Action)).ToHashSet();
        var result = new OptimizeResult { FilesConsidered = chosen.Count };
        var attempts = 0;
        while (result.Commits < MaxCommits)
        {
            var (turn, now) = enter();
            using var inTurn = turn;
            var batch = Batch(Plan(now, pending));
            if (batch.Count == 0)
                break;
            using var rewrite = new BinRewrite(storage, table, time, connection, now, options.ClusterBy);
            using var staged = new StagedWrite(storage, table, time, Commit, rewrite.Writer, rewrite.Stage(batch, Operation, ct));
            switch (staged.Commit(ct))
            {
                case CommitResult.Committed committed:
                    result = Add(result, staged.Metrics, committed);
                    pending.ExceptWith(batch.SelectMany(bin => bin.Files).Select(file => FileKey.Of(file.Action)));
                    if (options.ClusterBy.Count == 0)
                        // A bin that was full by the number of its files may have made one that is still small.
                        pending.UnionWith(rewrite.Added.Select(FileKey.Of));
                    attempts = 0;
                    break;
                case CommitResult.Conflicted conflicted when ++attempts == RepeatableWrite.MaxAttempts || MaxCommits == 1:
                    return result with { Conflict = conflicted };
                case CommitResult.Conflicted:
                    Backoff.Wait(attempts, ct);
                    break;
            }
        }
        return result;
    }

    private CommitOptions Commit => CommitOptions.OfMaintenance(options.CommitInfo);

    private Operation Operation =>
        new("OPTIMIZE")
        {
            Parameters = new()
            {
                ["predicate"] = Writing.Operation.Json(options.Where is { } where ? [where] : Array.Empty<string>()),
                ["zOrderBy"] = Writing.Operation.Json(options.ClusterBy),
                ["clusterBy"] = "[]",
                ["auto"] = IsAutomatic,
            },
            ChangesRows = false,
        };

    private IEnumerable<FileBin> Plan(Snapshot now, HashSet<FileKey> pending)
    {
        var target = options.TargetFileSize ?? TargetFileSize.Of(now.Metadata);
        return now
            .Files.Where(file => pending.Contains(FileKey.Of(file.Action)) && TableClustering.IsOurs(file.Action))
            .GroupBy(file => PartitionKey.Of(now.PartitionFields, file.Action.PartitionValues))
            .SelectMany(partition =>
                options.ClusterBy.Count == 0 ? BinPacking.Pack(partition, target) : Clusters.Choose(partition, options.ClusterBy, target)
            );
    }

    private List<FileBin> Batch(IEnumerable<FileBin> bins)
    {
        var batch = new List<FileBin>();
        var (size, files) = (0L, 0);
        foreach (var bin in bins)
        {
            (size, files) = (size + bin.Size, files + bin.Files.Count);
            if (batch.Count > 0 && (size > MaxBatchSize || files > BatchFiles))
                break;
            batch.Add(bin);
        }
        return batch;
    }

    private void RequireClusterable(Snapshot snapshot)
    {
        if (options.ClusterBy.Count > ClusterOrder.MaxColumns)
            throw Refused(
                $"it cannot be clustered by more than {ClusterOrder.MaxColumns} columns; each one makes the others count for less."
            );
        foreach (var name in options.ClusterBy)
        {
            var field = snapshot.Schema.Find(name) ?? throw Refused($"it cannot be clustered by '{name}', which is none of its columns.");
            if (snapshot.PartitionColumns.Contains(field.Name))
                throw Refused($"it cannot be clustered by '{name}': it is partitioned by that, so its rows lie together already.");
            if (!ClusterOrder.Takes(field.Type))
                throw Refused(
                    $"it cannot be clustered by '{name}': values of type {Schema.TypeMapping.ToEngine(field.Type)} have no order."
                );
        }

        LakeException Refused(string problem) => new(table, problem, snapshot.Version);
    }

    private static OptimizeResult Add(OptimizeResult result, WriteMetrics metrics, CommitResult.Committed committed) =>
        result with
        {
            Commits = result.Commits + 1,
            Version = committed.Version,
            FilesAdded = result.FilesAdded + metrics.FilesAdded,
            FilesRemoved = result.FilesRemoved + metrics.FilesRemoved,
            BytesAdded = result.BytesAdded + metrics.BytesAdded,
            BytesRemoved = result.BytesRemoved + metrics.BytesRemoved,
            Rows = result.Rows + metrics.RowsWritten,
            DeletionVectorsRemoved = result.DeletionVectorsRemoved + metrics.DeletionVectorsRemoved,
            Warning = committed.Warning ?? result.Warning,
        };
}
