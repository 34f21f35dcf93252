using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>Writes a checkpoint after every so many commits, so that opening a table stays cheap however long it is written to.</summary>
internal sealed class Checkpointing(ILakeStorage storage, string table, TimeProvider time)
{
    private const long DefaultInterval = 10;
    private static readonly TimeSpan DefaultTombstoneRetention = TimeSpan.FromDays(7);

    /// <summary>Writes the version's checkpoint if it is its turn.</summary>
    /// <returns>Why that failed, which does no harm: the log is complete without it; or null.</returns>
    public string? WriteIfDue(long version, TableMetadata metadata)
    {
        var interval =
            long.TryParse(metadata.Property("delta.checkpointInterval"), out var configured) && configured > 0
                ? configured
                : DefaultInterval;
        if (version == 0 || version % interval != 0)
            return null;
        try
        {
            Write(version);
            new LogCleanup(storage, table, time).Run(metadata);
            return null;
        }
        catch (Exception e) when (e is LakeException or IOException or UnauthorizedAccessException or EngineException)
        {
            return $"No checkpoint of version {version} could be written, or the old log not be deleted: {e.Message}";
        }
    }

    /// <summary>Writes the checkpoint of a version, and the hint where it is.</summary>
    public void Write(long version)
    {
        var log = new TableLog(storage, table);
        var segment = log.Find(version) ?? throw new LakeException(table, "there is no table here.");
        var state = log.Replay(segment, null, CancellationToken.None);
        var actions = Actions(state).ToList();
        var size = CheckpointFile.Write(storage, $"{table}/{LogFileName.Folder}/{LogFileName.Checkpoint(version)}", actions);
        WriteHint(
            new()
            {
                Version = version,
                Size = actions.Count,
                SizeInBytes = size,
                NumOfAddFiles = state.Files.Count,
            }
        );
    }

    private IEnumerable<LogAction> Actions(TableState state)
    {
        yield return new() { Protocol = state.Protocol };
        yield return new() { MetaData = state.Metadata };
        var forgotten = Before(Retention.Of(state.Metadata!, "delta.setTransactionRetentionDuration"));
        foreach (var transaction in state.Transactions.Values.Where(applied => !(applied.Transaction.LastUpdated < forgotten)))
            yield return new() { Txn = transaction.Transaction };
        foreach (var domain in state.Domains)
            yield return new() { DomainMetadata = domain };
        var expired = Before(Retention.Of(state.Metadata!, "delta.deletedFileRetentionDuration") ?? DefaultTombstoneRetention);
        foreach (var tombstone in state.Tombstones.Where(tombstone => !(tombstone.DeletionTimestamp < expired)))
            yield return new() { Remove = tombstone with { DataChange = false, Tags = null } };
        // By the protocol nothing in a checkpoint is a change by itself.
        foreach (var file in state.Files)
            yield return new() { Add = file with { DataChange = false } };
    }

    /// <summary>The moment so long ago, in the log's milliseconds; null if there is none.</summary>
    private long? Before(TimeSpan? age) => age is { } span ? (time.GetUtcNow() - span).ToUnixTimeMilliseconds() : null;

    private void WriteHint(LastCheckpoint hint)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(hint, LogJson.Default.LastCheckpoint));
            storage.Replace($"{table}/{LogFileName.Folder}/{LogFileName.LastCheckpoint}", file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
