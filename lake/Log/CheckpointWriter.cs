using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Log;

/// <summary>Writes files of a checkpoint: the engine reads actions in the JSON of a commit, and writes them as Parquet.</summary>
internal sealed class CheckpointWriter(ILakeStorage storage, TableMetadata metadata, CheckpointStatistics statistics)
{
    /// <summary>Writes a file beside the log and puts it in place.</summary>
    /// <param name="path">Where.</param>
    /// <param name="actions">What it holds.</param>
    /// <param name="kinds">The kinds of actions that it can hold: its columns.</param>
    /// <returns>Its size in bytes.</returns>
    public long Write(string path, IEnumerable<LogAction> actions, IReadOnlyList<string> kinds)
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
            using var database = CheckpointFile.Open();
            using var connection = database.Connect();
            // Instants that others have as partition values without a zone.
            connection.Execute("SET TimeZone = 'UTC'");
            TypedStatistics.Teach(connection);
            var types = kinds.Select(kind => $"{kind}: {Sql.Literal(CheckpointFile.TypeOf(kind))}");
            connection.Execute(
                $"""
                COPY (
                SELECT {string.Join(", ", kinds.Select(Column))}
                FROM read_json({Sql.Literal(lines)}, format = 'newline_delimited', maximum_object_size = 1000000000,
                    columns = {string.Concat('{', string.Join(", ", types), '}')})
                ) TO {Sql.Literal(parquet)} ({ParquetFormat.Options(metadata)})
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

    private string Column(string kind)
    {
        if (kind != "add")
            return Sql.Identifier(kind);
        var fields = statistics.Fields(CheckpointFile.FieldsOf(kind)).Select(field => $"{Sql.Identifier(field.Name)} := {field.Value}");
        return $"CASE WHEN \"add\" IS NOT NULL THEN struct_pack({string.Join(", ", fields)}) END AS \"add\"";
    }
}
