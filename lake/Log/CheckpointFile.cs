using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>
/// A checkpoint: the state of a table at a version, one action a row. The engine turns its rows into the JSON of a commit, and back, so
/// that an action is read and written in one way only.
/// </summary>
internal static class CheckpointFile
{
    private const string Texts = "MAP(VARCHAR, VARCHAR)";
    private const string Vector =
        "STRUCT(storageType VARCHAR, pathOrInlineDv VARCHAR, \"offset\" INTEGER, sizeInBytes INTEGER, cardinality BIGINT)";

    /// <summary>The actions of the protocol's checkpoint schema, with their fields and types.</summary>
    private static readonly Dictionary<string, (string Field, string Type)[]> Actions = new()
    {
        ["protocol"] =
        [
            ("minReaderVersion", "INTEGER"),
            ("minWriterVersion", "INTEGER"),
            ("readerFeatures", "VARCHAR[]"),
            ("writerFeatures", "VARCHAR[]"),
        ],
        ["metaData"] =
        [
            ("id", "VARCHAR"),
            ("name", "VARCHAR"),
            ("description", "VARCHAR"),
            ("format", $"STRUCT(provider VARCHAR, options {Texts})"),
            ("schemaString", "VARCHAR"),
            ("partitionColumns", "VARCHAR[]"),
            ("createdTime", "BIGINT"),
            ("configuration", Texts),
        ],
        ["txn"] = [("appId", "VARCHAR"), ("version", "BIGINT"), ("lastUpdated", "BIGINT")],
        ["domainMetadata"] = [("domain", "VARCHAR"), ("configuration", "VARCHAR"), ("removed", "BOOLEAN")],
        ["add"] =
        [
            ("path", "VARCHAR"),
            ("partitionValues", Texts),
            ("size", "BIGINT"),
            ("modificationTime", "BIGINT"),
            ("dataChange", "BOOLEAN"),
            ("stats", "VARCHAR"),
            ("tags", Texts),
            ("deletionVector", Vector),
            ("baseRowId", "BIGINT"),
            ("defaultRowCommitVersion", "BIGINT"),
            ("clusteringProvider", "VARCHAR"),
        ],
        ["remove"] =
        [
            ("path", "VARCHAR"),
            ("deletionTimestamp", "BIGINT"),
            ("dataChange", "BOOLEAN"),
            ("extendedFileMetadata", "BOOLEAN"),
            ("partitionValues", Texts),
            ("size", "BIGINT"),
            ("deletionVector", Vector),
            ("baseRowId", "BIGINT"),
            ("defaultRowCommitVersion", "BIGINT"),
        ],
    };

    /// <summary>The files that sidecar actions name hold these.</summary>
    private static readonly (string Field, string Type)[] SidecarFields = [("path", "VARCHAR"), ("sizeInBytes", "BIGINT")];

    /// <summary>Reads the actions of a checkpoint that is one Parquet file or several.</summary>
    /// <exception cref="EngineException">A file is missing or damaged.</exception>
    /// <exception cref="JsonException">A row is no action.</exception>
    public static IEnumerable<LogAction> Read(IReadOnlyList<string> addresses)
    {
        using var database = Open();
        using var connection = database.Connect();
        var source = $"read_parquet([{string.Join(", ", addresses.Select(Sql.Literal))}], union_by_name = true)";
        using var result = connection.Query($"SELECT CAST(to_json({{{Columns(connection, source)}}}) AS VARCHAR) FROM {source}");
        while (result.MoveNextChunk())
        {
            for (var row = 0; row < result.Chunk!.Length; row++)
                yield return LogAction.Parse(result.Chunk.Column(0).Bytes(row));
        }
    }

    /// <summary>Writes a checkpoint beside the log and puts it in place.</summary>
    /// <returns>Its size in bytes.</returns>
    public static long Write(ILakeStorage storage, string path, IEnumerable<LogAction> actions)
    {
        var folder = Directory.CreateTempSubdirectory("hub-checkpoint-").FullName;
        try
        {
            var lines = Path.Combine(folder, "actions.json");
            using (var stream = new BufferedStream(File.Create(lines)))
            {
                foreach (var action in actions)
                    action.Write(stream);
            }
            var parquet = Path.Combine(folder, "checkpoint.parquet");
            using var database = Open();
            using var connection = database.Connect();
            var columns = Actions.Select(action => $"{action.Key}: {Sql.Literal(Struct(action.Value))}");
            connection.Execute(
                $"""
                COPY (SELECT * FROM read_json({Sql.Literal(lines)}, format = 'newline_delimited', maximum_object_size = 1000000000,
                    columns = {string.Concat('{', string.Join(", ", columns), '}')}))
                TO {Sql.Literal(parquet)} (FORMAT parquet, COMPRESSION zstd)
                """
            );
            storage.Replace(path, parquet);
            return new FileInfo(parquet).Length;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Database Open() => Database.Open(new DatabaseOptions { TempDirectory = Path.GetTempPath() });

    /// <summary>Those fields of the actions that the files have; other writers leave some out, and add some of their own.</summary>
    private static string Columns(Connection connection, string source)
    {
        using var statement = connection.Prepare($"SELECT * FROM {source}");
        var columns =
            from column in statement.Columns
            where column.Type.Kind == TypeKind.Struct
            from fields in column.Name == "sidecar" ? [SidecarFields]
            : Actions.TryGetValue(column.Name, out var known) ? [known]
            : Array.Empty<(string Field, string Type)[]>()
            let values = Fields(column, fields)
            select $"{Sql.Identifier(column.Name)}: CASE WHEN {Sql.Identifier(column.Name)} IS NOT NULL THEN {{{values}}} END";
        return string.Join(", ", columns);
    }

    private static string Fields(Column action, (string Field, string Type)[] fields)
    {
        var present = action.Type.Children.Select(child => child.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var values = fields
            .Where(field => present.Contains(field.Field))
            .Select(field => (field.Field, Value: $"{Sql.Identifier(action.Name)}.{Sql.Identifier(field.Field)}"))
            .ToDictionary();
        if (present.Contains("stats_parsed"))
        {
            var parsed = $"CAST(to_json({Sql.Identifier(action.Name)}.stats_parsed) AS VARCHAR)";
            values["stats"] = values.TryGetValue("stats", out var text) ? $"coalesce({text}, {parsed})" : parsed;
        }
        return string.Join(", ", values.Select(value => $"{Sql.Identifier(value.Key)}: {value.Value}"));
    }

    private static string Struct((string Field, string Type)[] fields) =>
        $"STRUCT({string.Join(", ", fields.Select(field => $"{Sql.Identifier(field.Field)} {field.Type}"))})";
}
