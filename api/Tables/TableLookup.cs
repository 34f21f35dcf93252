using ServerlessHub.Api.Problems;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Api.Tables;

/// <summary>The rows of a table that have given values. Files that hold none of them are not read, as far as their statistics tell.</summary>
internal sealed class TableLookup : IDisposable
{
    private readonly SnapshotScan scan;

    private TableLookup(SnapshotScan scan, string sql) => (this.scan, Sql) = (scan, sql);

    /// <summary>The query that gives the rows.</summary>
    public string Sql { get; }

    /// <summary>Looks up rows by values, each given as text and read as its column's type.</summary>
    /// <exception cref="ApiException">A name is no column, or a value none of its type.</exception>
    public static TableLookup Of(Snapshot snapshot, Connection connection, IReadOnlyDictionary<string, string> values)
    {
        var columns = values.ToDictionary(v => Column(snapshot, v.Key), v => v.Value);
        foreach (var (column, value) in columns)
            Check(connection, column, value);
        // Statistics keep values as JSON, in which text and whole numbers stand as they are given here.
        var ranges = columns.Where(c => c.Key.Type.Kind is TypeKind.Integer or TypeKind.BigInt).Select(c => Range(c.Key, c.Value));
        var scan = snapshot.Scan(connection, [.. ranges]);
        var conditions = columns.Select(c => $"{Engine.Sql.Identifier(c.Key.Name)} = CAST({Engine.Sql.Literal(c.Value)} AS {c.Key.Type})");
        return new TableLookup(scan, $"SELECT * FROM (\n{scan.Sql}\n) WHERE {string.Join(" AND ", conditions)}");
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="LakeException">A file of the table is gone or damaged.</exception>
    public T Read<T>(Func<T> work) => scan.Read(work);

    public void Dispose() => scan.Dispose();

    private static ColumnRange Range(TableColumn column, string value) => new(column.Name, value, value);

    private static TableColumn Column(Snapshot snapshot, string name) =>
        snapshot.Columns.FirstOrDefault(c => c.Name == name)
        ?? throw ApiException.BadRequest(
            $"the table has no column '{name}'",
            NearestName.Hint(name, snapshot.Columns.Select(c => c.Name))
                ?? $"it has: {string.Join(", ", snapshot.Columns.Select(c => c.Name))}"
        );

    private static void Check(Connection connection, TableColumn column, string value)
    {
        using var result = connection.Query($"SELECT TRY_CAST({Engine.Sql.Literal(value)} AS {column.Type}) IS NULL");
        if (result.Scalar<bool>())
            throw ApiException.BadRequest($"'{value}' is no {TypeText.Full(column.Type)}, which column '{column.Name}' is");
    }
}
