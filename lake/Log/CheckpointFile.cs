using System.Text;
using System.Text.Json;
using ServerlessHub.Engine;

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
        ["checkpointMetadata"] = [("version", "BIGINT"), ("tags", Texts)],
        ["sidecar"] = [("path", "VARCHAR"), ("sizeInBytes", "BIGINT"), ("modificationTime", "BIGINT"), ("tags", Texts)],
    };

    /// <summary>The kinds of actions in a checkpoint that is a file of its own.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["protocol", "metaData", "txn", "domainMetadata", "add", "remove"];

    /// <summary>Those that may be in files beside a checkpoint of the protocol's second kind.</summary>
    public static IReadOnlyList<string> SidecarKinds { get; } = ["add", "remove"];

    /// <summary>Those in a checkpoint of the protocol's second kind.</summary>
    public static IReadOnlyList<string> SecondKinds { get; } = [.. Kinds, "checkpointMetadata", "sidecar"];

    public static string TypeOf(string kind) =>
        $"STRUCT({string.Join(", ", Actions[kind].Select(field => $"{Sql.Identifier(field.Field)} {field.Type}"))})";

    public static IEnumerable<string> FieldsOf(string kind) => Actions[kind].Select(field => field.Field);

    public static Database Open() => Database.Open(new DatabaseOptions { TempDirectory = Path.GetTempPath() });

    /// <summary>Reads the actions of a checkpoint that is one Parquet file or several.</summary>
    /// <exception cref="EngineException">A file is missing or damaged.</exception>
    /// <exception cref="JsonException">A row is no action.</exception>
    /// <exception cref="FormatException">A row is an incomplete action.</exception>
    public static IEnumerable<LogAction> Read(IReadOnlyList<string> addresses)
    {
        using var database = Open();
        using var connection = database.Connect();
        var source = $"read_parquet([{string.Join(", ", addresses.Select(Sql.Literal))}], union_by_name = true)";
        var columns = ColumnsOf(connection, source);
        var add = columns.FirstOrDefault(column => column.Name == "add");
        if (add is not null)
        {
            using var files = connection.Query(
                $"SELECT {CheckpointAdds.Columns((field, type) => Typed(add, field, type))} FROM {source} WHERE \"add\" IS NOT NULL"
            );
            while (files.MoveNextChunk())
            {
                foreach (var file in CheckpointAdds.Read(files.Chunk!))
                    yield return new() { Add = file };
            }
        }
        var others = string.Join(", ", columns.Where(column => column != add).Select(Json));
        if (others.Length == 0)
            yield break;
        var rest = add is null ? "" : "WHERE \"add\" IS NULL";
        using var result = connection.Query($"SELECT CAST(to_json({{{others}}}) AS VARCHAR) FROM {source} {rest}");
        while (result.MoveNextChunk())
        {
            for (var row = 0; row < result.Chunk!.Length; row++)
                yield return LogAction.Parse(result.Chunk.Column(0).Bytes(row));
        }
    }

    /// <summary>Reads the sidecars alone.</summary>
    /// <exception cref="EngineException">The file is missing or damaged.</exception>
    public static IReadOnlyList<Sidecar> ReadSidecars(string address)
    {
        using var database = Open();
        using var connection = database.Connect();
        var source = $"read_parquet({Sql.Literal(address)})";
        if (ColumnsOf(connection, source).Find(column => column.Name == "sidecar") is not { } sidecar)
            return [];
        using var result = connection.Query(
            $"SELECT CAST(to_json({{{Json(sidecar)}}}) AS VARCHAR) FROM {source} WHERE sidecar IS NOT NULL"
        );
        return
        [
            .. result.Rows().ToList().Select(row => LogAction.Parse(Encoding.UTF8.GetBytes((string)row[0]!)).Sidecar).OfType<Sidecar>(),
        ];
    }

    /// <summary>Those actions that the files have; other writers leave some out, and add some of their own.</summary>
    private static List<Column> ColumnsOf(Connection connection, string source)
    {
        using var statement = connection.Prepare($"SELECT * FROM {source}");
        return [.. statement.Columns.Where(column => column.Type.Kind == TypeKind.Struct && Actions.ContainsKey(column.Name))];
    }

    /// <summary>An action in the JSON of a commit.</summary>
    private static string Json(Column action)
    {
        var values = Values(action, Actions[action.Name]);
        var fields = string.Join(", ", values.Select(value => $"{Sql.Identifier(value.Key)}: {value.Value}"));
        return $"{Sql.Identifier(action.Name)}: CASE WHEN {Sql.Identifier(action.Name)} IS NOT NULL THEN {{{fields}}} END";
    }

    /// <summary>A field of an action, or of its deletion vector after a dot, in a type; null where the files do not have it.</summary>
    private static string Typed(Column action, string field, string type)
    {
        if (field.Split('.') is not [var outer, var inner])
            return $"CAST({Values(action, Actions[action.Name]).GetValueOrDefault(field, "NULL")} AS {type})";
        var isThere = action.Type.Children.Any(child => child.Name == outer && child.Type.Children.Any(value => value.Name == inner));
        return $"CAST({(isThere ? $"{Sql.Identifier(action.Name)}.{Sql.Identifier(outer)}.{Sql.Identifier(inner)}" : "NULL")} AS {type})";
    }

    /// <summary>The fields that the files have of an action, as expressions.</summary>
    private static Dictionary<string, string> Values(Column action, (string Field, string Type)[] fields)
    {
        var present = action.Type.Children.Select(child => child.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var values = fields
            .Where(field => present.Contains(field.Field))
            .Select(field => (field.Field, Value: $"{Sql.Identifier(action.Name)}.{Sql.Identifier(field.Field)}"))
            .ToDictionary();
        if (action.Type.Children.FirstOrDefault(child => child.Name == "stats_parsed") is { } statistics)
        {
            var parsed = TypedStatistics.ToText(statistics.Type, $"{Sql.Identifier(action.Name)}.stats_parsed");
            values["stats"] = values.TryGetValue("stats", out var text) ? $"coalesce({text}, {parsed})" : parsed;
        }
        return values;
    }
}
