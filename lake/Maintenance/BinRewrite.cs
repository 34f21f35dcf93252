using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>Writes the rows of bins to new files, bin by bin, and checks that each row is there again.</summary>
internal sealed class BinRewrite : IDisposable
{
    private readonly string _table;
    private readonly TimeProvider _time;
    private readonly Connection _connection;
    private readonly Snapshot _snapshot;
    private readonly WriteStaging _staging;
    private readonly RowTracking? _tracking;
    private readonly IReadOnlyList<SchemaField> _columns;
    private readonly IReadOnlyList<SchemaField> _clusterBy;
    private readonly List<AddFile> _added = [];
    private bool _isStaged;

    public BinRewrite(
        ILakeStorage storage,
        string table,
        TimeProvider time,
        Connection connection,
        Snapshot snapshot,
        IReadOnlyList<string> clusterBy
    )
    {
        (_table, _time, _connection, _snapshot) = (table, time, connection, snapshot);
        Writer = new(storage, table);
        _staging = new(table, time, connection, Writer, WriteTarget.OfFiles(table, snapshot));
        var isMaterialized = FileLayout.IsMaterialized(snapshot.Protocol, snapshot.Metadata);
        _tracking = RowTracking.Of(snapshot.Protocol, snapshot.Metadata);
        _columns =
        [
            .. snapshot.Schema.Fields.Where(field => isMaterialized || !snapshot.PartitionColumns.Contains(field.Name)),
            .. _tracking?.Fields ?? [],
        ];
        _clusterBy = [.. clusterBy.Select(name => snapshot.Schema.Find(name)!)];
    }

    public DataFileWriter Writer { get; }

    /// <summary>The files written.</summary>
    public IReadOnlyList<AddFile> Added => _added;

    /// <summary>Writes the bins.</summary>
    /// <exception cref="LakeException">A file cannot be read, or a row would be lost; then nothing is left.</exception>
    public StagedChange Stage(IReadOnlyList<FileBin> bins, Operation operation, CancellationToken ct)
    {
        var rows = 0L;
        foreach (var bin in bins)
            rows += Write(bin, ct);
        List<DataFile> gone = [.. bins.SelectMany(bin => bin.Files)];
        var now = _time.GetUtcNow();
        List<RemoveFile> removed = [.. gone.Select(file => file.Action.Removed(now) with { DataChange = false })];
        var metrics = new WriteMetrics
        {
            RowsWritten = rows,
            RowsCopied = rows,
            FilesAdded = _added.Count,
            FilesRemoved = gone.Count,
            BytesAdded = _added.Sum(file => file.Size),
            BytesRemoved = gone.Sum(file => file.Size),
            DeletionVectorsRemoved = gone.Count(file => file.Action.DeletionVector is not null),
            RowsDeleted = 0,
        };
        _isStaged = true;
        return new()
        {
            Before = _snapshot,
            Reads = ReadSet.Files(removed, _ => false),
            Metadata = _snapshot.Metadata,
            MetadataChanges = false,
            Protocol = _snapshot.Protocol,
            ProtocolChanges = false,
            Removed = removed,
            Added = _added,
            Operation = operation with { Metrics = Metrics(metrics) },
            Metrics = metrics,
        };
    }

    /// <summary>Deletes what was written, unless it was all staged, so that somebody else looks after it.</summary>
    public void Dispose()
    {
        if (!_isStaged)
            Writer.DeleteAll();
    }

    private long Write(FileBin bin, CancellationToken ct)
    {
        using var scan = _snapshot.Scan(_connection, bin.Files, [.. _columns.Select(column => column.Name)], tracking: _tracking, ct: ct);
        var (expected, written) = scan.Read(() =>
        {
            var rows = Count(scan.Sql, ct);
            return (rows, _clusterBy.Count == 0 ? Put(scan.Sql, bin, null, ct) : WriteClustered(scan.Sql, bin, rows, ct));
        });
        if (written != expected)
            throw new LakeException(
                _table,
                $"{expected} rows were to be written anew, and {written} were written; nothing of it was committed.",
                _snapshot.Version
            );
        return written;
    }

    private long Put(string rowsSql, FileBin bin, IReadOnlyDictionary<string, string?>? tags, CancellationToken ct)
    {
        if (_staging.Rearrange(rowsSql, bin.Sibling, ct) is not var (file, rows))
            return 0;
        var isClustered = tags is not null && _snapshot.Protocol.Supports(TableClustering.Feature);
        _added.Add(file with { Tags = tags, ClusteringProvider = isClustered ? TableClustering.Provider : null });
        return rows;
    }

    /// <summary>Sorts the rows of the bin, in memory or on disk, and writes one stretch after the other.</summary>
    private long WriteClustered(string rowsSql, FileBin bin, long count, CancellationToken ct)
    {
        var order = new ClusterOrder(_connection, _clusterBy).By(rowsSql, bin.Count, ct);
        var sorted = Sql.Identifier($"sorted_{Guid.NewGuid():N}");
        // Short names that are nobody's; the row's own number has a name that a column may have, too.
        var kept = string.Join(", ", _columns.Select((column, index) => $"{Sql.Identifier(column.Name)} AS c{index}"));
        var names = string.Join(", ", _columns.Select((column, index) => $"c{index} AS {Sql.Identifier(column.Name)}"));
        try
        {
            _connection.Execute($"CREATE TEMPORARY TABLE {sorted} AS SELECT {kept} FROM ({rowsSql}) ORDER BY {order}", ct);
            var tags = Clusters.Tags([.. _clusterBy.Select(field => field.Name)]);
            var files = Math.Min(bin.Count, Math.Max(1, count));
            return Enumerable
                .Range(0, (int)files)
                .Sum(part =>
                    Put($"SELECT {names} FROM {sorted} WHERE {Stretch(part * count / files, (part + 1) * count / files)}", bin, tags, ct)
                );
        }
        finally
        {
            _connection.Execute($"DROP TABLE IF EXISTS {sorted}", CancellationToken.None);
        }
    }

    private static string Stretch(long from, long to) => $"rowid >= {from} AND rowid < {to}";

    private long Count(string rowsSql, CancellationToken ct)
    {
        using var result = _connection.Query($"SELECT count(*) FROM ({rowsSql})", ct);
        return result.Scalar<long>();
    }

    /// <summary>The numbers that Spark gives of an OPTIMIZE.</summary>
    private List<(string Name, long Value)> Metrics(WriteMetrics metrics)
    {
        var sizes = _added.Select(file => file.Size).Order().ToList();
        List<(string, long)> values =
        [
            ("numAddedFiles", metrics.FilesAdded),
            ("numRemovedFiles", metrics.FilesRemoved),
            ("numAddedBytes", metrics.BytesAdded),
            ("numRemovedBytes", metrics.BytesRemoved),
            ("numDeletionVectorsRemoved", metrics.DeletionVectorsRemoved),
        ];
        if (sizes.Count > 0)
            values.AddRange([
                ("minFileSize", sizes[0]),
                ("p25FileSize", sizes[sizes.Count / 4]),
                ("p50FileSize", sizes[sizes.Count / 2]),
                ("p75FileSize", sizes[sizes.Count * 3 / 4]),
                ("maxFileSize", sizes[^1]),
            ]);
        return values;
    }
}
