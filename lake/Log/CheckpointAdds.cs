using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Log;

/// <summary>
/// The files of a table in its checkpoint, which are nearly all of its rows: taken from the engine's vectors, where other actions are read as
/// the JSON of a commit.
/// </summary>
internal static class CheckpointAdds
{
    private static readonly Dictionary<string, string?> None = [];

    /// <summary>What is selected, in order, in terms of the fields of the action.</summary>
    /// <param name="field">The expression of a field of the action, or of its deletion vector after a dot, as the type; null if there is none.</param>
    public static string Columns(Func<string, string, string> field) =>
        string.Join(
            ", ",
            new (string Name, string Type)[]
            {
                ("path", "VARCHAR"),
                ("partitionValues", "MAP(VARCHAR, VARCHAR)"),
                ("size", "BIGINT"),
                ("modificationTime", "BIGINT"),
                ("dataChange", "BOOLEAN"),
                ("stats", "VARCHAR"),
                ("tags", "MAP(VARCHAR, VARCHAR)"),
                ("baseRowId", "BIGINT"),
                ("defaultRowCommitVersion", "BIGINT"),
                ("clusteringProvider", "VARCHAR"),
                ("deletionVector.storageType", "VARCHAR"),
                ("deletionVector.pathOrInlineDv", "VARCHAR"),
                ("deletionVector.offset", "INTEGER"),
                ("deletionVector.sizeInBytes", "INTEGER"),
                ("deletionVector.cardinality", "BIGINT"),
            }.Select(column => field(column.Name, column.Type))
        );

    /// <summary>The files of a chunk of these columns.</summary>
    /// <exception cref="FormatException">What a file must have is missing.</exception>
    public static List<AddFile> Read(DataChunk chunk)
    {
        var files = new List<AddFile>(chunk.Length);
        var partitions = chunk.Column(1);
        var tags = chunk.Column(6);
        for (var row = 0; row < chunk.Length; row++)
            files.Add(
                new()
                {
                    Path = Text(chunk, 0, row) ?? throw Incomplete("path"),
                    PartitionValues = Texts(partitions, row),
                    Size = Number<long>(chunk, 2, row) ?? throw Incomplete("size"),
                    ModificationTime = Number<long>(chunk, 3, row),
                    DataChange = Number<bool>(chunk, 4, row),
                    Stats = Text(chunk, 5, row),
                    Tags = Texts(tags, row),
                    BaseRowId = Number<long>(chunk, 7, row),
                    DefaultRowCommitVersion = Number<long>(chunk, 8, row),
                    ClusteringProvider = Text(chunk, 9, row),
                    DeletionVector = Text(chunk, 10, row) is { } storage ? Vector(chunk, row, storage) : null,
                }
            );
        return files;
    }

    private static DeletionVector Vector(DataChunk chunk, int row, string storage) =>
        new()
        {
            StorageType = storage,
            PathOrInlineDv = Text(chunk, 11, row) ?? throw Incomplete("deletionVector.pathOrInlineDv"),
            Offset = Number<int>(chunk, 12, row),
            SizeInBytes = Number<int>(chunk, 13, row) ?? throw Incomplete("deletionVector.sizeInBytes"),
            Cardinality = Number<long>(chunk, 14, row) ?? throw Incomplete("deletionVector.cardinality"),
        };

    private static string? Text(DataChunk chunk, int column, int row)
    {
        var values = chunk.Column(column);
        return values.IsNull(row) ? null : values.Text(row);
    }

    private static T? Number<T>(DataChunk chunk, int column, int row)
        where T : unmanaged
    {
        var values = chunk.Column(column);
        return values.IsNull(row) ? null : values.Span<T>()[row];
    }

    private static Dictionary<string, string?>? Texts(VectorReader maps, int row)
    {
        if (maps.IsNull(row))
            return null;
        var (first, count) = maps.Entries(row).GetOffsetAndLength(int.MaxValue);
        if (count == 0)
            return None;
        var keys = maps.Child(0);
        var values = maps.Child(1);
        var texts = new Dictionary<string, string?>(count);
        for (var entry = first; entry < first + count; entry++)
            texts[keys.Text(entry)] = values.IsNull(entry) ? null : values.Text(entry);
        return texts;
    }

    private static FormatException Incomplete(string field) => new($"An add action has no '{field}'.");
}
