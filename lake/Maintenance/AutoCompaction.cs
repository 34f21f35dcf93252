using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>
/// Puts the small files of a partition together after a write that added to it, if the table's property <c>delta.autoOptimize.autoCompact</c>
/// says so and there are as many as Spark waits for. What one write does not get done is left for the next.
/// </summary>
internal sealed class AutoCompaction(
    ILakeStorage storage,
    string table,
    TimeProvider time,
    Connection connection,
    Func<CancellationToken, Snapshot?> read
)
{
    public const string Property = "delta.autoOptimize.autoCompact";

    /// <summary>Spark has it as a setting of the session, so that no table can have another.</summary>
    public const int MinFiles = 50;

    /// <summary>Who only wanted to add a few rows does not wait for more bytes than these, or one new file, to be written.</summary>
    private const long MaxSize = 512L << 20;

    /// <summary>Does what is due after a commit.</summary>
    /// <param name="metadata">The table's, as the write left it.</param>
    /// <param name="added">The files that the write added.</param>
    /// <param name="commitInfo">What the write said of itself, which is said of this, too.</param>
    /// <param name="isInTurn">Whether the caller has entered the table's rewrites.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Why it failed, which does no harm; or null.</returns>
    public string? RunIfDue(
        TableMetadata metadata,
        IReadOnlyList<AddFile> added,
        IReadOnlyDictionary<string, string> commitInfo,
        bool isInTurn,
        CancellationToken ct
    )
    {
        if (added.Count == 0 || !metadata.IsSet(Property))
            return null;
        try
        {
            using var turn = isInTurn ? null : TableLocks.TryEnterRewrite(storage, table);
            // Who rewrites the table now would find its files gone; the next write sees to it.
            return turn is null && !isInTurn ? null : Run(added, commitInfo, ct);
        }
        catch (Exception e)
            when (e
                    is LakeException
                        or IOException
                        or UnauthorizedAccessException
                        or EngineException
                        or FormatException
                        or OperationCanceledException
                        or ObjectDisposedException
            )
        {
            return $"Small files could not be put together ({Property}), which is tried again after the next write: {e.Message}";
        }
    }

    private string? Run(IReadOnlyList<AddFile> added, IReadOnlyDictionary<string, string> commitInfo, CancellationToken ct)
    {
        var now = read(ct) ?? throw new LakeException(table, "there is no table here any more.");
        var files = Choose(now, added);
        if (files.Count == 0)
            return null;
        var options = new OptimizeOptions { CommitInfo = commitInfo };
        var optimization = new Optimization(storage, table, time, connection, options)
        {
            IsAutomatic = true,
            MaxCommits = 1,
            MaxBatchSize = MaxSize,
        };
        return optimization.Run(now, files, () => (null, now), ct).Warning;
    }

    /// <summary>The small files of each partition that has many.</summary>
    public static IEnumerable<IGrouping<PartitionKey, DataFile>> Crowded(Snapshot now)
    {
        var target = TargetFileSize.Of(now.Metadata);
        return now
            .Files.Where(file => BinPacking.IsSmall(file, target))
            .GroupBy(file => PartitionKey.Of(now.PartitionFields, file.Action.PartitionValues))
            .Where(partition => partition.Count() >= MinFiles);
    }

    /// <summary>The small files of the partitions that were added to, if they are many.</summary>
    private static List<DataFile> Choose(Snapshot now, IReadOnlyList<AddFile> added)
    {
        var touched = added.Select(file => PartitionKey.Of(now.PartitionFields, file.PartitionValues)).ToHashSet();
        return [.. Crowded(now).Where(partition => touched.Contains(partition.Key)).SelectMany(partition => partition)];
    }
}
