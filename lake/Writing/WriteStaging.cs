using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>Turns the rows of a query into data files, and into what the log has to say of them.</summary>
internal sealed class WriteStaging(string table, TimeProvider time, Connection connection, DataFileWriter writer, WriteTarget target)
{
    private const string ChangesFolder = "/_change_data";
    private const string ChangeColumn = "_change_type";
    private const string NullFolder = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Writes the rows; what is in the table already stays, goes, or is merged with them.</summary>
    /// <exception cref="EngineException">The query fails, or the files cannot be written.</exception>
    /// <exception cref="LakeException">A row lacks a value that the table demands, or two rows have one key.</exception>
    public StagedChange Stage(string query, WriteOptions options, CancellationToken ct) =>
        options.Mode switch
        {
            WriteMode.Merge => new MergeStaging(table, connection, this, target, options).Stage(query, ct),
            WriteMode.History => new HistoryStaging(table, connection, this, target, options).Stage(query, ct),
            WriteMode.OverwriteWhere => new ReplaceStaging(table, connection, this, target).Stage(query, options.ReplaceWhere!, ct),
            _ => StageFiles(query, options.Mode, ct),
        };

    /// <summary>Rows come in; whole files stay or go.</summary>
    private StagedChange StageFiles(string query, WriteMode mode, CancellationToken ct)
    {
        var files = Write(target.SelectSql(query), ct);
        var partitions = files.Select(Partition).ToHashSet();
        var gone = (target.Before?.Files ?? [])
            .Where(file =>
                mode == WriteMode.Overwrite || (mode == WriteMode.OverwritePartitions && partitions.Contains(Partition(file.Action)))
            )
            .ToList();
        var rows = files.Sum(file => file.Rows);
        var metrics = new WriteMetrics
        {
            RowsIn = rows,
            RowsInserted = rows,
            RowsDeleted = gone.Aggregate((long?)0, (sum, file) => sum + file.Rows),
        };
        var operation = new Operation("WRITE") { Parameters = Parameters(mode), IsBlindAppend = mode == WriteMode.Append };
        return mode switch
        {
            WriteMode.Append => Change(files, gone, [], [], metrics, operation, null),
            WriteMode.OverwritePartitions => Change(files, gone, [], [], metrics, operation, file => partitions.Contains(Partition(file))),
            _ => Change(files, gone, [], [], metrics, operation, _ => true),
        };
    }

    private JsonObject Parameters(WriteMode mode)
    {
        var parameters = new JsonObject
        {
            ["mode"] = mode == WriteMode.Append ? "Append" : "Overwrite",
            ["partitionBy"] = Operation.Json(target.Metadata.PartitionColumns),
        };
        if (mode == WriteMode.OverwritePartitions)
            parameters["isDynamicPartitionOverwrite"] = true;
        return parameters;
    }

    /// <summary>Writes the rows of a query that are rows of the table already.</summary>
    /// <param name="rowsSql">The query.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="numbered">The target with the numbers of rows that the query has; null if it has none.</param>
    public IReadOnlyList<WrittenFile> Write(string rowsSql, CancellationToken ct, WriteTarget? numbered = null)
    {
        IReadOnlyList<WrittenFile> files = [];
        var written = numbered ?? target;
        var rows = target.Rules.Apply(rowsSql, written.Schema);
        Checked(() => files = Write(written.Layout.Select(rows), "", ct));
        if (NotNull.FindViolation(target.Schema, files, condition => Count(files, condition, ct)) is { } violation)
            throw new LakeException(
                table,
                $"column '{violation.Column}' must have a value, but {violation.Rows} of the rows to be written have none; nothing was written.",
                target.Before?.Version
            );
        return files;
    }

    /// <summary>Writes rows of one partition, which the table has already, to one file; null if there are no rows.</summary>
    /// <param name="rowsSql">The rows with the columns that files have, and with their numbers if they keep them.</param>
    /// <param name="sibling">A file of the partition.</param>
    /// <param name="ct">Ends it.</param>
    public (AddFile File, long Rows)? Rearrange(string rowsSql, AddFile sibling, CancellationToken ct)
    {
        var rows = target.Numbered().Layout.Select(rowsSql, isOnePartition: true);
        var written = writer.Write(
            connection,
            rows,
            [],
            ParquetFormat.Options(target.Metadata),
            ct,
            Folder(sibling),
            long.MaxValue,
            target.Layout.FieldIds
        );
        if (written.Count == 0)
            return null;
        var values = sibling.PartitionValues ?? new Dictionary<string, string?>();
        return (Add(written[0], values, Statistics(), time.GetUtcNow()) with { DataChange = false }, written[0].Rows);
    }

    /// <summary>Where files of a partition lie; readers do not depend on it, people do.</summary>
    private string Folder(AddFile file) =>
        string.Concat(
            target.PartitionFields.Select(field =>
            {
                var value = file.PartitionValues?.GetValueOrDefault(field.PhysicalName);
                return $"/{Uri.EscapeDataString(field.PhysicalName)}={(string.IsNullOrEmpty(value) ? NullFolder : Uri.EscapeDataString(value))}";
            })
        );

    /// <summary>Writes rows of the table that changed, each with how it did.</summary>
    public IReadOnlyList<WrittenFile> WriteChanges(string rowsSql, CancellationToken ct) =>
        Write(target.Layout.Select(rowsSql, additional: ChangeColumn), ChangesFolder, ct);

    private IReadOnlyList<WrittenFile> Write(string selectSql, string folder, CancellationToken ct) =>
        writer.Write(
            connection,
            selectSql,
            target.Layout.PartitionColumns,
            ParquetFormat.Options(target.Metadata) + target.Layout.PartitionOptions,
            ct,
            folder,
            fieldIds: target.Layout.FieldIds
        );

    /// <summary>Writes files that were written to the table once more, as rows that it did not have.</summary>
    public IReadOnlyList<WrittenFile> WriteInserts(IReadOnlyList<WrittenFile> files, CancellationToken ct)
    {
        if (files.Count == 0)
            return [];
        using var fetched = writer.Fetch(files, ct);
        return WriteChanges($"SELECT *, 'insert' AS {ChangeColumn} FROM ({ScanSql(files)})", ct);
    }

    /// <summary>Writes which rows of files are deleted.</summary>
    public DeletionVectorWriter Vectors => writer.Vectors;

    /// <summary>Explains the engine's error about a row that breaks a rule.</summary>
    public void Checked(Action work)
    {
        try
        {
            work();
        }
        catch (EngineException e) when (target.Rules.Explain(e) is { } broken)
        {
            throw new LakeException(table, broken, target.Before?.Version, cause: e);
        }
    }

    /// <summary>Puts together what the commit of changed rows needs.</summary>
    /// <param name="rows">What was done.</param>
    /// <param name="metrics">What is known beside that.</param>
    /// <param name="operation">What it is called.</param>
    /// <param name="sees">Whether a file that somebody else adds would have been looked at.</param>
    public StagedChange Change(RewrittenRows rows, WriteMetrics metrics, Operation operation, Func<AddFile, bool> sees) =>
        Change(
            rows.Written,
            rows.Gone,
            rows.Vectors,
            rows.Changes,
            metrics with
            {
                RowsInserted = rows.Inserted,
                RowsUpdated = rows.Updated,
                RowsDeleted = rows.Deleted,
                RowsCopied = rows.Copied,
            },
            operation,
            sees
        );

    /// <summary>Puts together what the commit needs; <paramref name="sees"/> is null if it depends on nothing.</summary>
    private StagedChange Change(
        IReadOnlyList<WrittenFile> written,
        IReadOnlyList<DataFile> gone,
        IReadOnlyList<(DataFile File, DeletionVector Vector)> vectors,
        IReadOnlyList<WrittenFile> changes,
        WriteMetrics metrics,
        Operation operation,
        Func<AddFile, bool>? sees
    )
    {
        var now = time.GetUtcNow();
        List<RemoveFile> removed = [.. gone.Concat(vectors.Select(vector => vector.File)).Select(file => file.Action.Removed(now))];
        var statistics = Statistics();
        return new()
        {
            Before = target.Before,
            Reads = sees is null ? ReadSet.Nothing : ReadSet.Files(removed, sees),
            Metadata = target.Metadata,
            Protocol = target.Protocol,
            ProtocolChanges = target.NewProtocol is not null,
            MetadataChanges = target.MetadataChanges,
            Removed = removed,
            Added =
            [
                .. written.Select(file => Add(file, LogValues(file), statistics, now)),
                .. vectors.Select(vector =>
                    vector.File.Action with
                    {
                        DataChange = true,
                        DeletionVector = vector.Vector,
                        Stats = StatisticsJson.Widen(vector.File.Action.Stats),
                    }
                ),
            ],
            ChangeFiles =
            [
                .. changes.Select(file => new ChangeFile
                {
                    Path = FileKey.Encode(file.Path),
                    PartitionValues = LogValues(file),
                    Size = file.Size,
                }),
            ],
            Operation = operation,
            Metrics = metrics with
            {
                RowsWritten = written.Sum(file => file.Rows),
                DeletionVectorsAdded = vectors.Count,
                DeletionVectorsRemoved = removed.Count(file => file.DeletionVector is not null),
                ChangeFilesAdded = changes.Count,
                FilesAdded = written.Count,
                FilesRemoved = gone.Count,
                BytesAdded = written.Sum(file => file.Size),
                BytesRemoved = gone.Sum(file => file.Size),
                Columns = ColumnSummaries.Of(target.Schema, written),
            },
        };
    }

    private static AddFile Add(
        WrittenFile file,
        IReadOnlyDictionary<string, string?> partitionValues,
        StatisticsJson statistics,
        DateTimeOffset now
    ) =>
        new()
        {
            Path = FileKey.Encode(file.Path),
            PartitionValues = partitionValues,
            Size = file.Size,
            ModificationTime = now.ToUnixTimeMilliseconds(),
            DataChange = true,
            Stats = statistics.Write(file),
        };

    private Dictionary<string, string?> LogValues(WrittenFile file) =>
        target.PartitionFields.ToDictionary(
            field => field.PhysicalName,
            field => LogValue(field, file.PartitionValues[field.PhysicalName])
        );

    private string? LogValue(SchemaField field, string? value)
    {
        try
        {
            return PartitionValue.FromEngine(field.Type, value);
        }
        catch (FormatException e)
        {
            throw new LakeException(
                table,
                $"rows cannot be written to a partition by column '{field.Name}': {e.Message}. Nothing was written.",
                target.Before?.Version,
                cause: e
            );
        }
    }

    private PartitionKey Partition(WrittenFile file) => PartitionKey.Of(target.PartitionFields, LogValues(file));

    private PartitionKey Partition(AddFile file) => PartitionKey.Of(target.PartitionFields, file.PartitionValues);

    private long Count(IReadOnlyList<WrittenFile> files, string condition, CancellationToken ct)
    {
        using var fetched = writer.Fetch(files, ct);
        using var result = connection.Query($"SELECT count(*) FROM ({ScanSql(files)}) AS written WHERE {condition}", ct);
        return result.Scalar<long>();
    }

    private string ScanSql(IReadOnlyList<WrittenFile> files)
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
        return scan.Write(added);
    }

    private StatisticsJson Statistics() =>
        new(IndexedColumns.Of(target.Schema, target.Metadata, target.Before is { } before ? TableClustering.Columns(before.State) : []));
}
