using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Writing;

/// <summary>Writes the rows of a query as data files of a table, in one pass; nobody sees them before they are committed.</summary>
internal sealed class DataFileWriter(ILakeStorage storage, string table)
{
    /// <summary>Small enough that a merge rewrites little, large enough that a scan opens few.</summary>
    public const long TargetFileSize = 128L << 20;

    /// <summary>As many as the engine gathers by itself.</summary>
    private const long MostRowsOfGroup = 122_880;

    /// <summary>The engine hands rows over in as many.</summary>
    private const long RowsOfVector = 2048;

    /// <summary>
    /// In bytes, what a thread's share of the memory has to hold for each row of a row group: the group is gathered, encoded and packed
    /// as a whole, beside whatever makes its rows. Where there is less, groups are smaller.
    /// </summary>
    private const long MemoryOfRow = 2048;

    private readonly string _prefix = $"part-{Guid.NewGuid():N}-";
    private readonly List<string> _written = [];

    /// <summary>Runs the query and writes its rows; the files are durable when it returns.</summary>
    /// <param name="connection">Runs the query.</param>
    /// <param name="selectSql">The query.</param>
    /// <param name="partitionColumns">By whose values the rows are kept apart.</param>
    /// <param name="format">The engine's options for files of the table.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="folder">Where in the table, beginning with <c>/</c>; empty for its own folder.</param>
    /// <param name="fileSize">After how many bytes another file is begun, if the rows are not kept apart.</param>
    /// <param name="fieldIds">The numbers of the columns, as the engine takes them; null if they have none.</param>
    /// <exception cref="EngineException">The query fails, or the files cannot be written; then <see cref="DeleteAll"/> deletes what was.</exception>
    public IReadOnlyList<WrittenFile> Write(
        Connection connection,
        string selectSql,
        IReadOnlyList<string> partitionColumns,
        string format,
        CancellationToken ct,
        string folder = "",
        long fileSize = TargetFileSize,
        string? fieldIds = null
    )
    {
        var written = Copy(connection, selectSql, partitionColumns, format, folder, fileSize, fieldIds, ct);
        foreach (var empty in written.Where(file => file.Rows == 0))
            storage.Delete(PathOf(empty));
        var files = written.Where(file => file.Rows > 0).ToList();
        _written.AddRange(files.Select(PathOf));
        storage.Persist([.. files.Select(PathOf)], ct);
        return files;
    }

    /// <summary>Writes which rows of files are deleted.</summary>
    public DeletionVectorWriter Vectors { get; } = new(storage, table);

    /// <summary>The address of a file of the table, as the engine reads it.</summary>
    public string Locate(string path) => storage.Locate($"{table}/{path}");

    /// <summary>Keeps files that were written where the engine reads them, until that is disposed.</summary>
    public FetchedFiles Fetch(IEnumerable<WrittenFile> files, CancellationToken ct) =>
        storage.Fetch([.. files.Select(file => new StoredFile(PathOf(file), file.Size, default))], ct);

    /// <summary>Deletes whatever this writer wrote, finished or not. What cannot be deleted stays, unseen by readers.</summary>
    public void DeleteAll()
    {
        try
        {
            foreach (var path in _written)
                storage.Delete(path);
            Vectors.DeleteAll();
            DeleteIn(new LocalStorage(storage.Stage(table)), ".");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The files are part of no version; whoever cleans the table up finds them.
        }
    }

    private string PathOf(WrittenFile file) => $"{table}/{file.Path}";

    private void DeleteIn(LocalStorage stage, string folder)
    {
        foreach (var file in stage.List(folder, _prefix).TakeWhile(file => file.Name.StartsWith(_prefix, StringComparison.Ordinal)))
            stage.Delete(file.Path);
        foreach (var inner in stage.Folders(folder).Where(inner => inner != LogFileName.Folder))
            DeleteIn(stage, inner);
    }

    private List<WrittenFile> Copy(
        Connection connection,
        string selectSql,
        IReadOnlyList<string> partitionColumns,
        string format,
        string folder,
        long fileSize,
        string? fieldIds,
        CancellationToken ct
    )
    {
        var root = storage.Stage(table);
        var layout =
            partitionColumns.Count == 0
                ? $"FILE_SIZE_BYTES {fileSize}"
                : $"PARTITION_BY ({string.Join(", ", partitionColumns.Select(Sql.Identifier))})";
        var numbers = fieldIds is null ? "" : $", FIELD_IDS {fieldIds}";
        using var result = connection.Query(
            $"""
            COPY (
            {selectSql}
            ) TO {Sql.Literal(storage.Stage(table + folder))} ({format}, APPEND true, RETURN_STATS true,
                FILENAME_PATTERN {Sql.Literal(_prefix + "{uuid}")}, ROW_GROUP_SIZE {RowsOfGroup(connection)}, {layout}{numbers})
            """,
            ct
        );
        var names = result.Columns.Select((column, index) => (column.Name, index)).ToDictionary(entry => entry.Name, entry => entry.index);
        return
        [
            .. result
                .Rows()
                .Select(row => new WrittenFile(
                    Path.GetRelativePath(root, (string)row[names["filename"]]!).Replace(Path.DirectorySeparatorChar, '/'),
                    Convert.ToInt64(row[names["count"]]),
                    Convert.ToInt64(row[names["file_size_bytes"]]),
                    [.. Entries(row[names["column_statistics"]]).Select(Column)],
                    Entries(row[names["partition_keys"]]).ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value)
                )),
        ];
    }

    private static long RowsOfGroup(Connection connection)
    {
        using var memory = connection.Query(
            "SELECT CAST(parse_formatted_bytes(current_setting('memory_limit')) // current_setting('threads') AS BIGINT)"
        );
        return Math.Clamp(memory.Scalar<long>() / MemoryOfRow / RowsOfVector * RowsOfVector, RowsOfVector, MostRowsOfGroup);
    }

    private static ColumnStatistics Column(KeyValuePair<object, object?> entry) =>
        new(
            ColumnStatistics.ParsePath((string)entry.Key),
            Entries(entry.Value).ToDictionary(value => (string)value.Key, value => (string)value.Value!)
        );

    private static IEnumerable<KeyValuePair<object, object?>> Entries(object? map) => map as KeyValuePair<object, object?>[] ?? [];
}
