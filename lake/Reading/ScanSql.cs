using System.Globalization;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>
/// The query that reads data files of a table. Each partition is a query of its own, with its partition values as constants, so that the
/// engine leaves out the partitions that a condition excludes; together they are cheaper than looking the values up row by row.
/// </summary>
internal sealed class ScanSql(StructType schema, IReadOnlyList<string> partitionColumns, Func<DataFile, string> locate)
{
    private const string RowColumn = "file_row_number";
    private const string FileNumberColumn = "file_index";

    /// <summary>In bytes, of a file whose writer did not say how many rows it has.</summary>
    private const long UsualRowSize = 32;

    /// <summary>Columns that the engine adds by itself; one of the table's of that name would hide it.</summary>
    private static readonly string[] Reserved = [RowColumn, FileNumberColumn, "filename", "rowid"];

    /// <summary>What to look for in files of a table without any column in files: the engine counts rows by one that it does not find.</summary>
    private static readonly SchemaField OfNoFile = new("column of no file", DeltaType.String, Nullable: true, []);

    private readonly List<SchemaField> _partitionFields = [.. schema.Fields.Where(field => partitionColumns.Contains(field.Name))];

    /// <summary>Makes a filter for files of which not all rows are meant; null where that cannot be.</summary>
    public Func<IReadOnlyList<DataFile>, RowFilter>? Filter { get; init; }

    /// <summary>A column of the files beside those of the table, found by its name; or null.</summary>
    public SchemaField? Additional { get; init; }

    /// <summary>The columns with the numbers of rows, which come in addition; or null.</summary>
    public RowTracking? Tracking { get; init; }

    /// <summary>The names of the fields in the files, where these have names of their own; or null.</summary>
    public StoredNames? Names { get; init; }

    /// <summary>Writes the query.</summary>
    /// <param name="files">The files to read.</param>
    /// <param name="columns">The columns wanted; null for all, in the table's order.</param>
    /// <param name="fileColumn">The name of an additional column with the file that each row comes from, or null.</param>
    /// <param name="rowColumn">The name of an additional column with the row's position in its file, from 0, or null.</param>
    /// <exception cref="FormatException">The table has no columns, or a file has a partition value that is none of its column's type.</exception>
    public string Write(
        IEnumerable<DataFile> files,
        IReadOnlyCollection<string>? columns = null,
        string? fileColumn = null,
        string? rowColumn = null
    )
    {
        if (schema.Fields.Count == 0)
            throw new FormatException("it has no columns yet");
        var partitions = files
            .GroupBy(file => (Key: PartitionKey.Of(_partitionFields, file.Action.PartitionValues), file.IsFiltered, Schema: InFile(file)))
            .Select(group => Partition(Wanted(group.Key.Schema, columns), [.. group], group.Key.IsFiltered, fileColumn, rowColumn))
            .ToList();
        return partitions.Count == 0 ? Nothing(Wanted(schema, columns), fileColumn, rowColumn) : string.Join("\nUNION ALL ", partitions);
    }

    private StructType InFile(DataFile file) => Names?.Of(locate(file)) ?? schema;

    private List<SchemaField> Wanted(StructType inFile, IReadOnlyCollection<string>? columns)
    {
        var fields = schema
            .Fields.Zip(inFile.Fields, (field, named) => IsStored(field) ? named : field)
            .Where(field => columns is null || columns.Contains(field.Name))
            .ToList();
        if (Additional is not null)
            fields.Add(Additional);
        return fields;
    }

    private string Partition(List<SchemaField> fields, List<DataFile> files, bool isFiltered, string? fileColumn, string? rowColumn)
    {
        var stored = fields.Where(IsStored).DefaultIfEmpty(InFile(files[0]).Fields.FirstOrDefault(IsStored) ?? OfNoFile).ToList();
        var sql = new StringBuilder("SELECT ")
            .AppendJoin(
                ", ",
                fields
                    .Select(field => $"{Value(field, files[0])} AS {Sql.Identifier(field.Name)}")
                    .Concat(Numbers(files).Select(number => $"{number.Value} AS {Sql.Identifier(number.Column)}"))
            )
            .Append(fileColumn is null ? "" : $", {Sql.Identifier(fileColumn)}")
            .Append(rowColumn is null ? "" : $", {RowColumn} AS {Sql.Identifier(rowColumn)}")
            .Append(" FROM read_parquet([")
            .AppendJoin(", ", files.Select(file => Sql.Literal(ExactPath.Pattern(locate(file)))))
            .Append("], schema = MAP {")
            .AppendJoin(", ", stored.Concat(Tracking?.Fields ?? []).Select(Definition))
            // With a schema given the engine opens no file to guess from, and would take the table for a small one in each join.
            .Append("}, hive_partitioning = false, explicit_cardinality = ")
            .Append(CultureInfo.InvariantCulture, $"{Math.Max(1, files.Sum(Rows))}");
        // Some writers do not mark texts as such in their files; where there are no bytes, nothing else can be meant.
        if (stored.TrueForAll(field => !field.Type.Has(DeltaType.Binary)))
            sql.Append(", binary_as_string = true");
        if (fileColumn is not null)
            sql.Append(", filename = ").Append(Sql.Literal(fileColumn));
        sql.Append(')');
        if (isFiltered)
            sql.Append(" WHERE ").Append(Condition(files));
        return sql.ToString();
    }

    /// <summary>The numbers of rows: those that a file has, otherwise those that the log gives its rows in their order.</summary>
    private IEnumerable<(string Column, string Value)> Numbers(List<DataFile> files) =>
        Tracking is null
            ? []
            :
            [
                (Tracking.IdColumn, $"coalesce({Sql.Identifier(Tracking.IdColumn)}, {Each(files, file => file.BaseRowId)} + {RowColumn})"),
                (
                    Tracking.VersionColumn,
                    $"coalesce({Sql.Identifier(Tracking.VersionColumn)}, {Each(files, file => file.DefaultRowCommitVersion)})"
                ),
            ];

    /// <summary>A number of the file that a row is of.</summary>
    private static string Each(List<DataFile> files, Func<AddFile, long?> number) =>
        $"CAST([{string.Join(", ", files.Select(file => number(file.Action)?.ToString(CultureInfo.InvariantCulture) ?? "NULL"))}] AS BIGINT[])[CAST({FileNumberColumn} AS BIGINT) + 1]";

    private static long Rows(DataFile file) => file.Rows ?? file.Size / UsualRowSize;

    private string Condition(List<DataFile> files) =>
        Filter is null
            ? throw new InvalidOperationException("Files with deletion vectors are read with a filter.")
            : Filter(files).Condition(FileNumberColumn, RowColumn);

    private string Value(SchemaField field, DataFile file)
    {
        if (IsStored(field))
            return PhysicalType.FromFiles(field.Type, Sql.Identifier(InnerName(field)));
        if (!partitionColumns.Contains(field.Name))
            return "NULL";
        try
        {
            return PartitionValue.ToSql(field.Type, file.Action.PartitionValues?.GetValueOrDefault(field.PhysicalName));
        }
        catch (FormatException e)
        {
            throw new FormatException($"the partition value of column '{field.Name}' of file '{file.Path}' is wrong: {e.Message}", e);
        }
    }

    private bool IsStored(SchemaField field) => field.Type != DeltaType.Void && !partitionColumns.Contains(field.Name);

    private static string InnerName(SchemaField field) =>
        Reserved.Contains(field.Name, StringComparer.OrdinalIgnoreCase) ? $"column {field.Name}" : field.Name;

    /// <summary>A column in the files: by its number there, or by its name. The two cannot be mixed, and what is not of the schema has no number.</summary>
    private string Definition(SchemaField field)
    {
        var key = field.FieldId is { } id && Additional is null && Tracking is null ? Sql.Literal(id) : Sql.Literal(field.PhysicalName);
        var type = Sql.Literal(PhysicalType.ToEngine(field.Type).ToString());
        return $"{key}: {{name: {Sql.Literal(InnerName(field))}, type: {type}, default_value: NULL}}";
    }

    private string Nothing(List<SchemaField> fields, string? fileColumn, string? rowColumn)
    {
        var columns = fields
            .Concat(Tracking?.Fields ?? [])
            .Select(field => $"CAST(NULL AS {TypeMapping.ToEngine(field.Type)}) AS {Sql.Identifier(field.Name)}")
            .Concat(fileColumn is null ? [] : [$"CAST(NULL AS VARCHAR) AS {Sql.Identifier(fileColumn)}"])
            .Concat(rowColumn is null ? [] : [$"CAST(NULL AS BIGINT) AS {Sql.Identifier(rowColumn)}"]);
        return $"SELECT {string.Join(", ", columns)} WHERE false";
    }
}
