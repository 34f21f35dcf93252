using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>Writes a checkpoint after every so many commits, so that opening a table stays cheap however long it is written to.</summary>
internal sealed class Checkpointing(ILakeStorage storage, string table, TimeProvider time)
{
    private const long DefaultInterval = 10;

    /// <summary>How many checkpoints of the second kind come for each one that has the name of the first.</summary>
    private const long ClassicEvery = 10;

    private static readonly TimeSpan DefaultTombstoneRetention = TimeSpan.FromDays(7);
    private static readonly Dictionary<string, string?> Nothing = [];

    private string HintPath => $"{table}/{LogFileName.Folder}/{LogFileName.LastCheckpoint}";

    /// <summary>How many files a checkpoint of the second kind names itself, and each of its sidecars.</summary>
    public int MaxSidecarActions { get; init; } = 100_000;

    /// <summary>Writes the version's checkpoint if it is its turn.</summary>
    /// <param name="version">The version, which was committed just now.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="before">An earlier version that is known, from which on the log is read; null if it is all read.</param>
    /// <returns>Why that failed, which does no harm: the log is complete without it; or null.</returns>
    public string? WriteIfDue(long version, TableMetadata metadata, Snapshot? before = null)
    {
        if (version == 0 || version % Interval(metadata) != 0)
            return null;
        try
        {
            var previous = storage.Find(HintPath)?.Modified.UtcDateTime.Date;
            Write(version, before);
            // What is old enough to go changes at midnight, needs an older checkpoint, and is found by listing the whole log.
            if (previous is not null && previous != time.GetUtcNow().UtcDateTime.Date)
                new LogCleanup(storage, table, time).Run(metadata);
            return null;
        }
        catch (Exception e) when (e is LakeException or IOException or UnauthorizedAccessException or EngineException)
        {
            return $"No checkpoint of version {version} could be written, or the old log not be deleted: {e.Message}";
        }
    }

    /// <summary>Writes the checkpoint of a version, and the hint where it is.</summary>
    /// <param name="version">The version.</param>
    /// <param name="before">An earlier version that is known, from which on the log is read; null if it is all read.</param>
    public void Write(long version, Snapshot? before = null)
    {
        var snapshot =
            new TableLog(storage, table).Read(version, before, CancellationToken.None)
            ?? throw new LakeException(table, "there is no table here.");
        var others = OtherActions(snapshot.State).ToList();
        var files = FileActions(snapshot.State).ToList();
        var (size, second) = IsOfSecondKind(snapshot)
            ? WriteSecondKind(snapshot, others, files)
            : (Write(Classic(version), snapshot, [.. others, .. files], CheckpointFile.Kinds), null);
        WriteHint(
            new()
            {
                Version = version,
                Size = others.Count + files.Count,
                SizeInBytes = size,
                NumOfAddFiles = snapshot.State.Files.Count,
                V2Checkpoint = second,
            }
        );
    }

    private static bool IsOfSecondKind(Snapshot snapshot) =>
        snapshot.Protocol.Supports("v2Checkpoint") && snapshot.Metadata.Property("delta.checkpointPolicy") == "v2";

    /// <summary>Writes the checkpoint under a name of its own, so that nobody writes over it; many files go into sidecars.</summary>
    private (long Size, SecondCheckpoint File) WriteSecondKind(Snapshot snapshot, List<LogAction> others, List<LogAction> files)
    {
        List<LogAction> actions = [new() { CheckpointMetadata = new(snapshot.Version) }, .. others];
        var size = 0L;
        var inside = files.Count <= MaxSidecarActions ? files : [];
        if (files.Count > MaxSidecarActions)
        {
            foreach (var part in files.Chunk(MaxSidecarActions))
            {
                var name = $"{Guid.NewGuid()}.parquet";
                var length = Write($"{LogFileName.Sidecars}/{name}", snapshot, part, CheckpointFile.SidecarKinds);
                actions.Add(new() { Sidecar = new(name, length, time.GetUtcNow().ToUnixTimeMilliseconds()) });
                size += length;
            }
        }
        // A client that does not know the second kind looks for the other name, reads the protocol there and says what it lacks.
        var isClassic = snapshot.Version % (ClassicEvery * Interval(snapshot.Metadata)) == 0;
        var path = isClassic ? Classic(snapshot.Version) : LogFileName.Checkpoint(snapshot.Version, Guid.NewGuid());
        var own = Write(path, snapshot, [.. actions, .. inside], CheckpointFile.SecondKinds);
        return (size + own, new(path, own, time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private static string Classic(long version) => LogFileName.Checkpoint(version);

    private long Write(string name, Snapshot snapshot, IEnumerable<LogAction> actions, IReadOnlyList<string> kinds)
    {
        var columns = IndexedColumns.Of(snapshot.Schema, snapshot.Metadata, TableClustering.Columns(snapshot.State));
        var statistics = new CheckpointStatistics(snapshot.Metadata, snapshot.PartitionFields, columns);
        return new CheckpointWriter(storage, snapshot.Metadata, statistics).Write($"{table}/{LogFileName.Folder}/{name}", actions, kinds);
    }

    private IEnumerable<LogAction> OtherActions(TableState state)
    {
        yield return new() { Protocol = state.Protocol };
        yield return new() { MetaData = Whole(state.Metadata!) };
        var forgotten = Before(Retention.Of(state.Metadata!, "delta.setTransactionRetentionDuration"));
        foreach (var transaction in state.Transactions.Values.Where(applied => !(applied.Transaction.LastUpdated < forgotten)))
            yield return new() { Txn = transaction.Transaction };
        foreach (var domain in state.Domains)
            yield return new() { DomainMetadata = domain with { Removed = false } };
    }

    private IEnumerable<LogAction> FileActions(TableState state)
    {
        var expired = Before(Retention.Of(state.Metadata!, "delta.deletedFileRetentionDuration") ?? DefaultTombstoneRetention);
        foreach (var tombstone in state.Tombstones.Where(tombstone => !(tombstone.DeletionTimestamp < expired)))
            yield return new() { Remove = tombstone with { DataChange = false, Tags = null } };
        // By the protocol nothing in a checkpoint is a change by itself.
        foreach (var file in state.Files)
            yield return new()
            {
                Add = file with
                {
                    DataChange = false,
                    PartitionValues = file.PartitionValues ?? Nothing,
                    ModificationTime = file.ModificationTime ?? 0,
                },
            };
    }

    /// <summary>What a commit of somebody else left out, and readers of a checkpoint rely on.</summary>
    private static TableMetadata Whole(TableMetadata metadata) =>
        metadata with
        {
            Configuration = metadata.Configuration ?? Nothing,
            Format = new(metadata.Format?.Provider ?? "parquet", metadata.Format?.Options ?? Nothing),
        };

    private static long Interval(TableMetadata metadata) =>
        long.TryParse(metadata.Property("delta.checkpointInterval"), out var configured) && configured > 0 ? configured : DefaultInterval;

    /// <summary>The moment so long ago, in the log's milliseconds; null if there is none.</summary>
    private long? Before(TimeSpan? age) => age is { } span ? (time.GetUtcNow() - span).ToUnixTimeMilliseconds() : null;

    private void WriteHint(LastCheckpoint hint)
    {
        var file = Path.GetTempFileName();
        try
        {
            var checksum = JsonChecksum.Of(JsonSerializer.SerializeToElement(hint, LogJson.Default.LastCheckpoint));
            File.WriteAllBytes(
                file,
                JsonSerializer.SerializeToUtf8Bytes(hint with { Checksum = checksum }, LogJson.Default.LastCheckpoint)
            );
            storage.Replace(HintPath, file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
