using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>Chooses partitions of a table by a condition on its partition columns.</summary>
internal static class PartitionCondition
{
    /// <summary>The files of the partitions for which the condition is true.</summary>
    /// <exception cref="LakeException">The condition is none on the partition columns.</exception>
    public static IReadOnlyList<DataFile> Select(string table, Connection connection, string condition, Snapshot snapshot)
    {
        if (snapshot.PartitionColumns.Count == 0)
            throw new LakeException(table, "it has no partitions that a condition could choose.", snapshot.Version);
        List<SchemaField> fields = [.. snapshot.PartitionColumns.Select(column => snapshot.Schema.Find(column)!)];
        var partitions = snapshot.Files.GroupBy(file => PartitionKey.Of(fields, file.Action.PartitionValues)).ToList();
        try
        {
            var values = partitions.Select((partition, index) => $"({index}, {Values(fields, partition.First().Action)})");
            var names = string.Join(", ", fields.Select(field => Sql.Identifier(field.Name)));
            var none = string.Join(", ", fields.Select(field => $"CAST(NULL AS {TypeMapping.ToEngine(field.Type)})"));
            using var result = connection.Query(
                $"""
                SELECT "hub partition" FROM (VALUES {string.Join(", ", values.Append($"(-1, {none})"))}) AS target("hub partition", {names})
                WHERE "hub partition" >= 0 AND (
                {condition}
                )
                """
            );
            return [.. result.Rows().SelectMany(row => partitions[(int)row[0]!])];
        }
        catch (EngineException e)
        {
            throw new LakeException(
                table,
                $"the condition {condition} is not one on its partition columns ({string.Join(", ", snapshot.PartitionColumns)}): {e.Message}",
                snapshot.Version,
                cause: e
            );
        }
    }

    private static string Values(IEnumerable<SchemaField> fields, AddFile file) =>
        string.Join(
            ", ",
            fields.Select(field => PartitionValue.ToSql(field.Type, file.PartitionValues?.GetValueOrDefault(field.PhysicalName)))
        );
}
