using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>
/// The query that reads data files of a table. Each partition is a query of its own, with its partition values as constants, so that the
/// engine leaves out the partitions that a condition excludes; together they are cheaper than looking the values up row by row.
/// </summary>
internal sealed class ScanSql(StructType schema, IReadOnlyList<string> partitionColumns, Func<DataFile, string> locate)
{
    private readonly List<SchemaField> _partitionFields = [.. schema.Fields.Where(field => partitionColumns.Contains(field.Name))];

    /// <summary>Writes the query.</summary>
    /// <param name="files">The files to read.</param>
    /// <param name="columns">The columns wanted; null for all, in the table's order.</param>
    /// <param name="fileColumn">The name of an additional column with the file that each row comes from, or null.</param>
    /// <param name="rowColumn">The name of an additional column with the row's position in its file, from 0, or null.</param>
    /// <exception cref="FormatException">A file has a partition value that is none of its column's type.</exception>
    public string Write(
        IEnumerable<DataFile> files,
        IReadOnlyCollection<string>? columns = null,
        string? fileColumn = null,
        string? rowColumn = null
    )
    {
        var fields = schema.Fields.Where(field => columns is null || columns.Contains(field.Name)).ToList();
        var partitions = files
            .GroupBy(file => PartitionKey.Of(_partitionFields, file.PartitionValues))
            .Select(partition => Partition(fields, partition, fileColumn, rowColumn))
            .ToList();
        return partitions.Count == 0 ? Nothing(fields, fileColumn, rowColumn) : string.Join("\nUNION ALL ", partitions);
    }

    private string Partition(List<SchemaField> fields, IGrouping<PartitionKey, DataFile> files, string? fileColumn, string? rowColumn)
    {
        var sql = new StringBuilder("SELECT ")
            .AppendJoin(", ", fields.Select(field => Column(field, files)))
            .Append(fileColumn is null ? "" : $", {Sql.Identifier(fileColumn)}")
            .Append(rowColumn is null ? "" : $", file_row_number AS {Sql.Identifier(rowColumn)}")
            .Append(" FROM read_parquet([")
            .AppendJoin(", ", files.Select(file => Sql.Literal(ExactPath.Pattern(locate(file)))))
            .Append("], schema = MAP {")
            .AppendJoin(", ", fields.Where(IsStored).DefaultIfEmpty(schema.Fields.First(IsStored)).Select(Definition))
            .Append("}, hive_partitioning = false");
        if (fileColumn is not null)
            sql.Append(", filename = ").Append(Sql.Literal(fileColumn));
        return sql.Append(')').ToString();
    }

    private string Column(SchemaField field, IGrouping<PartitionKey, DataFile> files) =>
        partitionColumns.Contains(field.Name) ? $"{Value(field, files)} AS {Sql.Identifier(field.Name)}"
        : IsStored(field) ? Sql.Identifier(field.Name)
        : $"NULL AS {Sql.Identifier(field.Name)}";

    private static string Value(SchemaField field, IGrouping<PartitionKey, DataFile> files)
    {
        try
        {
            return PartitionValue.ToSql(field.Type, files.First().PartitionValues.GetValueOrDefault(field.Name));
        }
        catch (FormatException e)
        {
            throw new FormatException(
                $"the partition value of column '{field.Name}' of file '{files.First().Path}' is wrong: {e.Message}",
                e
            );
        }
    }

    private bool IsStored(SchemaField field) => field.Type != DeltaType.Void && !partitionColumns.Contains(field.Name);

    private static string Definition(SchemaField field)
    {
        var name = Sql.Literal(field.Name);
        return $"{name}: {{name: {name}, type: {Sql.Literal(TypeMapping.ToEngine(field.Type).ToString())}, default_value: NULL}}";
    }

    private static string Nothing(List<SchemaField> fields, string? fileColumn, string? rowColumn)
    {
        var columns = fields
            .Select(field => $"CAST(NULL AS {TypeMapping.ToEngine(field.Type)}) AS {Sql.Identifier(field.Name)}")
            .Concat(fileColumn is null ? [] : [$"CAST(NULL AS VARCHAR) AS {Sql.Identifier(fileColumn)}"])
            .Concat(rowColumn is null ? [] : [$"CAST(NULL AS BIGINT) AS {Sql.Identifier(rowColumn)}"]);
        return $"SELECT {string.Join(", ", columns)} WHERE false";
    }
}
