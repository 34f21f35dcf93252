using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>Makes a table what it was at an earlier version: in a new version, which has the files of the old one.</summary>
internal sealed class RestoreStaging(string table, TimeProvider time)
{
    /// <param name="now">The table as it is.</param>
    /// <param name="then">The table as it is to be.</param>
    /// <param name="asked">What was asked for: a version or a time.</param>
    /// <exception cref="LakeException">A file of the old version is gone.</exception>
    public StagedChange Stage(Snapshot now, Snapshot then, (string Name, string Value) asked)
    {
        var present = now.State.Files.Select(FileKey.Of).ToHashSet();
        var wanted = then.State.Files.Select(FileKey.Of).ToHashSet();
        var removed = now.Files.Where(file => !wanted.Contains(FileKey.Of(file.Action))).ToList();
        var restored = then.Files.Where(file => !present.Contains(FileKey.Of(file.Action))).ToList();
        RequireThere(then, restored);
        var metadata = Metadata(now, then);
        var when = time.GetUtcNow();
        List<RemoveFile> tombstones = [.. removed.Select(file => file.Action.Removed(when))];
        return new()
        {
            Before = now,
            Reads = ReadSet.Files(tombstones, _ => true).AndEverything(),
            // Never an older one: what others rely on stays.
            Protocol = now.Protocol,
            ProtocolChanges = false,
            Metadata = metadata,
            MetadataChanges = !IsSame(now.Metadata, metadata),
            Removed = tombstones,
            Added = [.. Numbered(now, restored.Select(file => file.Action with { DataChange = true }))],
            Operation = new("RESTORE")
            {
                Parameters = new() { [asked.Name] = asked.Value },
                Metrics =
                [
                    ("tableSizeAfterRestore", then.Files.Sum(file => file.Size)),
                    ("numOfFilesAfterRestore", then.Files.Count),
                    ("numRemovedFiles", removed.Count),
                    ("numRestoredFiles", restored.Count),
                    ("removedFilesSize", removed.Sum(file => file.Size)),
                    ("restoredFilesSize", restored.Sum(file => file.Size)),
                ],
            },
            Metrics = new()
            {
                RowsInserted = restored.Sum(file => file.Rows ?? 0),
                RowsDeleted = removed.Aggregate((long?)0, (sum, file) => sum + file.Rows),
                FilesAdded = restored.Count,
                FilesRemoved = removed.Count,
                BytesAdded = restored.Sum(file => file.Size),
                BytesRemoved = removed.Sum(file => file.Size),
            },
        };
    }

    /// <summary>Files whose rows were numbered only after the version keep their numbers.</summary>
    private static IEnumerable<AddFile> Numbered(Snapshot now, IEnumerable<AddFile> files)
    {
        var known = now
            .State.Files.Select(file => (file.Path, file.BaseRowId, file.DefaultRowCommitVersion))
            .Concat(now.State.Tombstones.Select(file => (file.Path, file.BaseRowId, file.DefaultRowCommitVersion)))
            .Where(file => file.BaseRowId is not null)
            .DistinctBy(file => FileKey.Decode(file.Path))
            .ToDictionary(file => FileKey.Decode(file.Path));
        return files.Select(file =>
            file.BaseRowId is null && known.TryGetValue(FileKey.Decode(file.Path), out var numbers)
                ? file with
                {
                    BaseRowId = numbers.BaseRowId,
                    DefaultRowCommitVersion = numbers.DefaultRowCommitVersion,
                }
                : file
        );
    }

    private TableMetadata Metadata(Snapshot now, Snapshot then)
    {
        try
        {
            return WithTimes(
                now.Metadata,
                ColumnMapping.ModeOf(now.Protocol, now.Metadata) == ColumnMapping.None
                    ? then.Metadata
                    : ColumnMapping.Restore(now.Metadata, now.Schema, then.Metadata)
            );
        }
        catch (FormatException e)
        {
            throw new LakeException(table, $"the version cannot be restored: {e.Message}.", then.Version, cause: e);
        }
    }

    /// <summary>Metadata that says of the log as it is now which commits say when they were made.</summary>
    private static TableMetadata WithTimes(TableMetadata now, TableMetadata then)
    {
        var configuration = new Dictionary<string, string?>(then.Configuration ?? new Dictionary<string, string?>());
        foreach (var name in new[] { CommitTimes.SinceVersion, CommitTimes.SinceTime })
        {
            configuration.Remove(name);
            if (now.Property(name) is { } value)
                configuration.Add(name, value);
        }
        return then with { Configuration = configuration };
    }

    private void RequireThere(Snapshot then, IEnumerable<DataFile> files)
    {
        var missing = then.FindMissingFiles().Intersect(files.Select(file => file.Path)).FirstOrDefault();
        if (missing is not null)
            throw new LakeException(
                table,
                "the version cannot be restored, since the data file is gone: it was vacuumed, or deleted by hand. The table is as it was.",
                then.Version,
                missing
            );
    }

    private static bool IsSame(TableMetadata left, TableMetadata right) =>
        left.SchemaString == right.SchemaString
        && left.PartitionColumns.SequenceEqual(right.PartitionColumns)
        && Properties(left).SetEquals(Properties(right))
        && (left.Name, left.Description) == (right.Name, right.Description);

    private static HashSet<KeyValuePair<string, string?>> Properties(TableMetadata metadata) =>
        [.. metadata.Configuration ?? new Dictionary<string, string?>()];
}
