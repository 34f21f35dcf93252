using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake.Writing;

/// <summary>Turns the rows of a query into data files, and into what the log has to say of them.</summary>
internal sealed class WriteStaging(string table, TimeProvider time, Connection connection, DataFileWriter writer, WriteTarget target)
{
    private const int DefaultIndexedColumns = 32;

    private long ReadVersion => target.Before?.Version ?? -1;

    /// <summary>Writes the rows; what is in the table already stays, goes, or is merged with them.</summary>
    /// <exception cref="EngineException">The query fails, or the files cannot be written.</exception>
    /// <exception cref="LakeException">A row lacks a value that the table demands, or two rows have one key.</exception>
    public StagedChange Stage(string query, WriteOptions options, CancellationToken ct)
    {
        if (options.Mode == WriteMode.Merge)
            return new MergeStaging(table, connection, this, target, options).Stage(query, ct);
        var files = Write(target.SelectSql(query), ct);
        var partitions = files.Select(Partition).ToHashSet();
        var gone = (target.Before?.Files ?? [])
            .Where(file =>
                options.Mode == WriteMode.Overwrite
                || (options.Mode == WriteMode.OverwritePartitions && partitions.Contains(Partition(file.Action)))
            )
            .ToList();
        var rows = files.Sum(file => file.Rows);
        return Change(
            files,
            gone,
            removed =>
                options.Mode switch
                {
                    WriteMode.Append => ReadSet.Nothing,
                    WriteMode.OverwritePartitions => ReadSet.Files(removed, file => partitions.Contains(Partition(file))),
                    _ => ReadSet.Files(removed, _ => true),
                },
            new()
            {
                RowsIn = rows,
                RowsInserted = rows,
                RowsDeleted = gone.Aggregate((long?)0, (sum, file) => sum + file.Rows),
            }
        );
    }

    /// <summary>Writes the rows of a query that are rows of the table already.</summary>
    public IReadOnlyList<WrittenFile> Write(string rowsSql, CancellationToken ct)
    {
        var files = writer.Write(connection, rowsSql, target.Metadata.PartitionColumns, Compression(), ct);
        if (NotNull.FindViolation(target.Schema, files, condition => Count(files, condition, ct)) is { } violation)
            throw new LakeException(
                table,
                $"column '{violation.Column}' must have a value, but {violation.Rows} of the rows to be written have none; nothing was written.",
                target.Before?.Version
            );
        return files;
    }

    /// <summary>Puts together what the commit needs.</summary>
    public StagedChange Change(
        IReadOnlyList<WrittenFile> written,
        IReadOnlyList<DataFile> gone,
        Func<IReadOnlyList<RemoveFile>, ReadSet> reads,
        WriteMetrics metrics
    )
    {
        var now = time.GetUtcNow();
        List<RemoveFile> removed = [.. gone.Select(file => file.Action.Removed(now))];
        var statistics = new StatisticsJson(target.Schema, target.Metadata.PartitionColumns, IndexedColumns());
        return new()
        {
            ReadVersion = ReadVersion,
            Reads = reads(removed),
            Metadata = target.Metadata,
            IsNew = target.Before is null,
            MetadataChanges = target.MetadataChanges,
            Removed = removed,
            Added = [.. written.Select(file => Add(file, statistics, now))],
            Metrics = metrics with
            {
                RowsWritten = written.Sum(file => file.Rows),
                FilesAdded = written.Count,
                FilesRemoved = gone.Count,
                BytesAdded = written.Sum(file => file.Size),
                BytesRemoved = gone.Sum(file => file.Size),
                Columns = ColumnSummaries.Of(target.Schema, written),
            },
        };
    }

    private AddFile Add(WrittenFile file, StatisticsJson statistics, DateTimeOffset now) =>
        new()
        {
            Path = FileKey.Encode(file.Path),
            PartitionValues = LogValues(file),
            Size = file.Size,
            ModificationTime = now.ToUnixTimeMilliseconds(),
            DataChange = true,
            Stats = statistics.Write(file),
        };

    private Dictionary<string, string?> LogValues(WrittenFile file) =>
        target.PartitionFields.ToDictionary(
            field => field.Name,
            field => PartitionValue.FromEngine(field.Type, file.PartitionValues[field.Name])
        );

    private PartitionKey Partition(WrittenFile file) => PartitionKey.Of(target.PartitionFields, LogValues(file));

    private PartitionKey Partition(AddFile file) => PartitionKey.Of(target.PartitionFields, file.PartitionValues);

    private long Count(IReadOnlyList<WrittenFile> files, string condition, CancellationToken ct)
    {
        var scan = new ScanSql(target.Schema, target.Metadata.PartitionColumns, file => writer.Locate(file.Path));
        var added = files.Select(file => new DataFile(
            new()
            {
                Path = FileKey.Encode(file.Path),
                Size = file.Size,
                PartitionValues = LogValues(file),
            }
        ));
        using var result = connection.Query($"SELECT count(*) FROM ({scan.Write(added)}) AS written WHERE {condition}", ct);
        return result.Scalar<long>();
    }

    private int IndexedColumns() =>
        int.TryParse(target.Metadata.Property("delta.dataSkippingNumIndexedCols"), out var columns) ? columns : DefaultIndexedColumns;

    private string Compression() =>
        target.Metadata.Property("delta.parquet.compression.codec")?.ToUpperInvariant() switch
        {
            "NONE" or "UNCOMPRESSED" => "uncompressed",
            "SNAPPY" => "snappy",
            "GZIP" => "gzip",
            "LZ4_RAW" => "lz4_raw",
            _ => "zstd",
        };
}
