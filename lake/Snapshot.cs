using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake;

/// <summary>A table as it was at one version. It does not change, whatever others commit.</summary>
public sealed class Snapshot
{
    private readonly ILakeStorage _storage;
    private readonly string _table;
    private readonly Lazy<DateTimeOffset> _timestamp;

    internal Snapshot(ILakeStorage storage, string table, long version, StoredFile source, TableState state)
    {
        _storage = storage;
        _table = table;
        Version = version;
        Source = source;
        State = state;
        Protocol = state.Protocol ?? throw Broken("its log has no protocol action.");
        Metadata = state.Metadata ?? throw Broken("its log has no metaData action.");
        var schema = Metadata.SchemaString ?? throw Broken("its metaData action has no schema.");
        if (ProtocolSupport.WhyNotReadable(Protocol, Metadata) is { } reason)
            throw Broken(reason);
        try
        {
            Schema = ColumnMapping.Apply(SchemaJson.Parse(schema), ColumnMapping.ModeOf(Protocol, Metadata));
            TypeWidening.Require(Schema);
        }
        catch (FormatException e)
        {
            throw Broken($"{e.Message}.", cause: e);
        }
        if (Metadata.PartitionColumns.FirstOrDefault(column => Schema.Fields.All(field => field.Name != column)) is { } missing)
            throw Broken($"it is partitioned by '{missing}', which is none of its columns.");
        PartitionFields = [.. PartitionColumns.Select(column => Schema.Fields.First(field => field.Name == column))];
        _timestamp = new(() => new CommitTimes(new(storage, table), Metadata).Of(Version, Source.Modified));
        Files = [.. state.Files.Select(action => Describe(action))];
    }

    /// <summary>The version, from 0.</summary>
    public long Version { get; }

    /// <summary>When the version was committed: as the commit says, if the table has its commits say so, otherwise by the clock of the storage.</summary>
    /// <exception cref="LakeException">The commit is damaged.</exception>
    public DateTimeOffset Timestamp => _timestamp.Value;

    /// <summary>The columns, in the table's order, partition columns among them.</summary>
    public IReadOnlyList<TableColumn> Columns =>
        [
            .. Schema.Fields.Select(column => new TableColumn(
                column.Name,
                TypeMapping.ToEngine(column.Type),
                column.Nullable,
                column.Metadata["comment"]?.ToString()
            )),
        ];

    /// <summary>Whether every value of an incoming column can be kept by the table as the same value, in its column of that name.</summary>
    /// <param name="incoming">The column as it is to be written.</param>
    /// <param name="evolve">Whether what the table does not have, the column or a field in it, is added to it.</param>
    public bool Takes(Column incoming, bool evolve = false) =>
        Schema.Find(incoming.Name) is { } field
            ? SchemaMatch.Takes(field, incoming, evolve, TypeWidening.IsEnabled(Protocol, Metadata))
            : evolve;

    /// <summary>The columns by whose values rows are kept apart in files of their own; empty if there are none.</summary>
    public IReadOnlyList<string> PartitionColumns => Metadata.PartitionColumns;

    /// <summary>The columns by which the table says that its rows lie together, as the files name them; empty if it says nothing of it.</summary>
    public IReadOnlyList<string> ClusterColumns => [.. TableClustering.Columns(State).Select(path => string.Join('.', path))];

    /// <summary>The version of the protocol that reading it needs.</summary>
    public int ReaderVersion => Protocol.MinReaderVersion;

    /// <summary>The version of the protocol that writing to it needs.</summary>
    public int WriterVersion => Protocol.MinWriterVersion;

    /// <summary>The features of the protocol that it lists for readers and writers; none where the versions say all.</summary>
    public IReadOnlyList<string> Features =>
        [.. (Protocol.ReaderFeatures ?? []).Union(Protocol.WriterFeatures ?? []).Order(StringComparer.Ordinal)];

    /// <summary>The table's properties, such as <c>delta.appendOnly</c>.</summary>
    public IReadOnlyDictionary<string, string?> Properties => Metadata.Configuration ?? ImmutableDictionary<string, string?>.Empty;

    /// <summary>The data files.</summary>
    public IReadOnlyList<DataFile> Files { get; }

    /// <summary>What is wrong with the table's log and did no harm to reading it, such as a damaged checkpoint; a sentence each.</summary>
    public IReadOnlyList<string> Warnings => State.Warnings;

    /// <summary>What a closed-in database must be allowed as single files in order to read the table.</summary>
    public IReadOnlyList<string> DataFilePaths => [.. Files.Select(Locate).SelectMany(ExactPath.Allowed)];

    /// <summary>How many rows the table has, or null if the log does not say it of each file.</summary>
    public long? Rows => Files.Aggregate((long?)0, (rows, file) => rows + file.Rows);

    /// <summary>The file that made the version.</summary>
    internal StoredFile Source { get; }

    internal TableState State { get; }

    internal TableProtocol Protocol { get; }

    internal TableMetadata Metadata { get; }

    internal StructType Schema { get; }

    internal IReadOnlyList<SchemaField> PartitionFields { get; }

    /// <summary>How far an application has come, as its last commit to the table said; null if it made none.</summary>
    public long? TransactionVersion(string appId) =>
        State.Transactions.TryGetValue(appId, out var applied) ? applied.Transaction.Version : null;

    /// <summary>How far each application has come that has made a commit to the table, by its name.</summary>
    public IEnumerable<KeyValuePair<string, long>> TransactionVersions =>
        State.Transactions.Select(applied => KeyValuePair.Create(applied.Key, applied.Value.Transaction.Version));

    /// <summary>
    /// A query that reads the table with the engine: its columns in its order, in exactly the types of <see cref="Columns"/>; a column
    /// that a file is older than is null there. The time zone of the connection must be UTC.
    /// </summary>
    /// <param name="connection">Its database learns what the query needs; null for a query that is shown only.</param>
    /// <param name="ranges">
    /// What the reader looks for; files without any such row are left out. It spares work and filters nothing: rows outside of the
    /// ranges may still come.
    /// </param>
    /// <exception cref="LakeException">The table has no columns, or a file has a partition value that is none of its column's type.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public SnapshotScan Scan(Connection? connection, IReadOnlyList<ColumnRange>? ranges = null) =>
        Scan(connection, Matching(ranges ?? []), columns: null);

    /// <summary>Between which values the columns lie in rows for which a condition is true, as far as its plain comparisons say.</summary>
    /// <param name="condition">The condition, as the engine's <c>json_serialize_sql</c> has it.</param>
    /// <param name="name">The name before the table's columns in it.</param>
    /// <param name="isAlone">Whether columns without a name before them are the table's.</param>
    public IReadOnlyList<ColumnRange> RangesOf(JsonNode condition, string name, bool isAlone) =>
        [.. new ConditionRanges(Schema, name, isAlone).Of(condition)];

    /// <summary>As the other, for some of the table's files.</summary>
    /// <param name="connection">Its database learns what the query needs; null for a query that is shown only.</param>
    /// <param name="files">Files of this snapshot.</param>
    /// <exception cref="LakeException">The table has no columns, or a file has a partition value that is none of its column's type.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public SnapshotScan Scan(Connection? connection, IReadOnlyList<DataFile> files) => Scan(connection, files, columns: null);

    /// <summary>The data files that are not there any more, relative to the table: why a query of <see cref="Scan(Connection, IReadOnlyList{ColumnRange}?)"/> fails.</summary>
    public IReadOnlyList<string> FindMissingFiles() =>
        [.. Files.Where(file => _storage.Find(StoragePath(file)) is null).Select(file => file.Path)];

    /// <summary>
    /// What the version needs that is gone, or not as large as the log says: data files, and files of deletion vectors. The table's folder is listed
    /// once, whatever their number.
    /// </summary>
    /// <exception cref="LakeException">The storage fails, or the log names a file outside of the lake.</exception>
    public IReadOnlyList<FileProblem> CheckFiles()
    {
        try
        {
            return FileCheck.Run(_storage, _table, Files);
        }
        catch (FormatException e)
        {
            throw Broken($"{e.Message}.", cause: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Broken($"its folder cannot be listed: {e.Message}", cause: e);
        }
    }

    /// <summary>As the others, for files that are or were part of the table, with a column of theirs beside the table's.</summary>
    internal SnapshotScan Scan(Connection? connection, IReadOnlyList<DataFile> files, SchemaField? additional, CancellationToken ct) =>
        Scan(connection, files, columns: null, additional: additional, ct: ct);

    internal IReadOnlyList<DataFile> Matching(IReadOnlyList<ColumnRange> ranges)
    {
        var pruning = new FilePruning(Schema, PartitionColumns, ranges);
        return [.. Files.Where(pruning.MayHold)];
    }

    internal SnapshotScan Scan(
        Connection? connection,
        IReadOnlyList<DataFile> files,
        IReadOnlyCollection<string>? columns,
        string? fileColumn = null,
        string? rowColumn = null,
        SchemaField? additional = null,
        RowTracking? tracking = null,
        CancellationToken ct = default
    )
    {
        var filters = new List<RowFilter>();
        var fetched = connection is null ? null : Fetch(files, ct);
        try
        {
            var sql = new ScanSql(Schema, PartitionColumns, Locate)
            {
                Additional = additional,
                Tracking = tracking,
                Names =
                    connection is not null
                    && StoredNames.AreNeeded(Schema, Metadata, byName: additional is not null || tracking is not null)
                        ? ReadNames(connection, files)
                        : null,
                Filter = filtered =>
                {
                    filters.Add(
                        new(
                            connection,
                            filtered.Select(file => file.Selection),
                            vector => DeletionVectorFile.Read(_storage, _table, Version, vector)
                        )
                    );
                    return filters[^1];
                },
            };
            var text = sql.Write(files, columns, fileColumn, rowColumn);
            return new(text, filters, fetched is null ? [] : [fetched])
            {
                Paths = [.. files.Select(Locate).SelectMany(ExactPath.Allowed)],
                Explain = e => Explain(e, files),
            };
        }
        catch (Exception e)
        {
            filters.ForEach(filter => filter.Dispose());
            fetched?.Dispose();
            if (e is not FormatException)
                throw;
            throw Broken($"{e.Message}.", cause: e);
        }
    }

    /// <summary>What a failed query says of the files it reads: which of them is gone or damaged. Null if it speaks of none.</summary>
    internal LakeException? Explain(EngineException e, IReadOnlyList<DataFile> files)
    {
        if (
            files.FirstOrDefault(file =>
                e.Message.Contains(ExactPath.Pattern(Locate(file)), StringComparison.Ordinal)
                || e.Message.Contains(Locate(file), StringComparison.Ordinal)
            )
            is not { } named
        )
            return null;
        var there = File.Exists(Locate(named)) ? new FileInfo(Locate(named)).Length : (long?)null;
        var problem =
            there is null ? "the data file is gone"
            : there != named.Size && named.Size > 0 ? $"the data file has {there} bytes, where the log says {named.Size}"
            : $"the data file cannot be read: {e.Message}";
        return Broken($"{problem.TrimEnd('.')}. Restore it from a backup, or the table to a version that has not got it.", named.Path, e);
    }

    /// <summary>Which names the files have for the fields.</summary>
    private StoredNames ReadNames(Connection connection, IReadOnlyList<DataFile> files)
    {
        try
        {
            return StoredNames.Read(connection, Schema, [.. files.Select(Locate).Distinct()]);
        }
        catch (EngineException e)
        {
            throw Broken(
                $"the schema of a data file cannot be read: {e.Message}",
                FindMissingFiles() is [var missing, ..] ? missing : null,
                e
            );
        }
    }

    /// <summary>Brings the files to where the engine reads them.</summary>
    private FetchedFiles Fetch(IReadOnlyList<DataFile> files, CancellationToken ct)
    {
        try
        {
            return _storage.Fetch([.. files.Select(Stored)], ct);
        }
        catch (FileNotFoundException e)
        {
            throw Broken($"a data file is gone: {e.Message}", cause: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Broken($"its data files could not be read: {e.Message}", cause: e);
        }
    }

    /// <summary>A file that was removed may have no size in the log.</summary>
    private StoredFile Stored(DataFile file)
    {
        var stored = new StoredFile(StoragePath(file), file.Size, default);
        return file.Size > 0 ? stored : _storage.Find(stored.Path) ?? stored;
    }

    internal string Locate(DataFile file) => _storage.Locate(StoragePath(file));

    private string StoragePath(DataFile file) => TablePath.Resolve(_storage, _table, file.Path);

    private DataFile Describe(AddFile action)
    {
        var file = new DataFile(action, PartitionFields);
        try
        {
            StoragePath(file);
            return file;
        }
        catch (FormatException e)
        {
            throw Broken($"{e.Message}.", file.Path, e);
        }
    }

    private LakeException Broken(string problem, string? file = null, Exception? cause = null) =>
        new(_table, problem, Version, file, cause);
}
