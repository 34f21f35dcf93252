using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>How rows of a table lie in its files: the columns under the names, and with the numbers, that they have there.</summary>
/// <param name="schema">The columns.</param>
/// <param name="partitionColumns">Those by whose values rows are kept apart.</param>
/// <param name="isMapped">Whether columns have names of their own in files.</param>
/// <param name="isMaterialized">Whether files have the partition columns, too, behind the others.</param>
internal sealed class FileLayout(StructType schema, IReadOnlyList<string> partitionColumns, bool isMapped, bool isMaterialized)
{
    /// <summary>Whether files of a table have its partition columns: the protocol's <c>materializePartitionColumns</c>, or a wish of the table.</summary>
    public static bool IsMaterialized(TableProtocol protocol, TableMetadata metadata) =>
        protocol.Supports("materializePartitionColumns") || metadata.IsSet("delta.writePartitionColumnsToParquet");

    /// <summary>What the engine is told beside the partition columns.</summary>
    public string PartitionOptions => isMaterialized && partitionColumns.Count > 0 ? ", WRITE_PARTITION_COLUMNS true" : "";

    /// <summary>The partition columns, by their names in files.</summary>
    public IReadOnlyList<string> PartitionColumns => [.. partitionColumns.Select(column => schema.Find(column)!.PhysicalName)];

    /// <summary>Rows of the table as they are written.</summary>
    /// <param name="rowsSql">A query of the table's columns.</param>
    /// <param name="isOnePartition">Whether it has them as they are stored, since they are all of one partition.</param>
    /// <param name="additional">A column that it has in addition, or null.</param>
    public string Select(string rowsSql, bool isOnePartition = false, string? additional = null)
    {
        if (!isMapped && !isMaterialized)
            return rowsSql;
        var columns = schema
            .Fields.Where(field => !isOnePartition || IsStored(field))
            .OrderBy(field => partitionColumns.Contains(field.Name))
            .Select(field => $"{PhysicalType.ToFiles(field.Type, Sql.Identifier(field.Name))} AS {Sql.Identifier(field.PhysicalName)}");
        var all = additional is null ? columns : columns.Append(Sql.Identifier(additional));
        return $"SELECT {string.Join(", ", all)} FROM (\n{rowsSql}\n) AS written";
    }

    /// <summary>The numbers of the columns, and of the fields inside of them, as the engine's <c>FIELD_IDS</c>; null if they have none.</summary>
    public string? FieldIds => isMapped ? Fields(schema.Fields.Where(IsStored), own: null) : null;

    private bool IsStored(SchemaField field) => isMaterialized || !partitionColumns.Contains(field.Name);

    private static string Fields(IEnumerable<SchemaField> fields, string? own) =>
        Group(own, fields.Select(field => Inner(Sql.Identifier(field.PhysicalName), field.Type, ColumnMapping.IdOf(field)?.ToString())));

    /// <summary>The number of what has a type, and those of what is inside of it; empty if there is none.</summary>
    private static string Ids(DeltaType type, string? own) =>
        type switch
        {
            StructType composite => Fields(composite.Fields, own),
            ArrayType array => Group(own, [Inner("element", array.Element, own: null)]),
            MapType map => Group(own, [Inner("key", map.Key, own: null), Inner("value", map.Value, own: null)]),
            _ => own ?? "",
        };

    private static string Inner(string name, DeltaType type, string? own) => Ids(type, own) is { Length: > 0 } ids ? $"{name}: {ids}" : "";

    private static string Group(string? own, IEnumerable<string> inner)
    {
        var ids = inner.Prepend(own is null ? "" : $"__duckdb_field_id: {own}").Where(id => id.Length > 0).ToList();
        return ids.Count == 0 ? "" : $"{{{string.Join(", ", ids)}}}";
    }
}
