#if HUB_FULL
using System.Data;
using System.Data.Common;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A session with a database that describes its tables in INFORMATION_SCHEMA, and values by .NET's types.</summary>
internal abstract class CatalogSession(DatabaseAddress address, Func<DatabaseAddress, DbConnection> connect) : AdoSession(address, connect)
{
    /// <summary>The expression that gives the schema of a table whose name says none.</summary>
    protected abstract string CurrentSchema { get; }

    /// <summary>The condition that the database itself computes the column <c>c</c> of INFORMATION_SCHEMA.COLUMNS, and takes no value for it.</summary>
    protected abstract string IsComputed { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TableColumn>? Columns(string table)
    {
        var needed = Rows(
                $"SELECT c.COLUMN_NAME, CASE WHEN c.IS_NULLABLE = 'NO' AND c.COLUMN_DEFAULT IS NULL THEN 1 ELSE 0 END FROM INFORMATION_SCHEMA.COLUMNS c WHERE {IsTable("c", table)} AND NOT ({IsComputed})",
                Names(table)
            )
            .ToDictionary(r => r[0]!, r => r[1] == "1");
        if (needed.Count == 0)
            return null;
        return Guarded<IReadOnlyList<TableColumn>>(() =>
        {
            using var command = Command($"SELECT * FROM {QuoteTable(table)}", []);
            using var reader = command.ExecuteReader(CommandBehavior.SchemaOnly);
            return
            [
                .. reader
                    .GetColumnSchema()
                    .Where(c => needed.ContainsKey(c.ColumnName) && (c.IsReadOnly != true || c.IsAutoIncrement == true))
                    .Select(c => new TableColumn(
                        c.ColumnName,
                        c.DataTypeName ?? "?",
                        TypeOf(c),
                        needed[c.ColumnName] && c.IsAutoIncrement != true
                    )),
            ];
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> PrimaryKey(string table) =>
        [
            .. Rows(
                    $"""
                    SELECT k.COLUMN_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS c JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE k
                      ON k.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND k.TABLE_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME
                    WHERE c.CONSTRAINT_TYPE = 'PRIMARY KEY' AND {IsTable("c", table)} ORDER BY k.ORDINAL_POSITION
                    """,
                    Names(table)
                )
                .Select(r => r[0]!),
        ];

    /// <inheritdoc/>
    protected override LogicalType? TypeOf(DbColumn column)
    {
        var type = column.DataType;
        var name = (column.DataTypeName ?? "").ToLowerInvariant();
        if (type == typeof(decimal))
            return column is { NumericPrecision: >= 1 and <= 38 and var width, NumericScale: >= 0 and var scale } && scale <= width
                ? LogicalType.Decimal(width, scale)
                : LogicalType.Decimal(38, 10);
        if (type == typeof(DateTime))
            return name == "date" ? LogicalType.Date : LogicalType.Timestamp;
        return type is null ? null : Types.GetValueOrDefault(type);
    }

    private static readonly Dictionary<Type, LogicalType> Types = new()
    {
        [typeof(bool)] = LogicalType.Boolean,
        [typeof(sbyte)] = LogicalType.TinyInt,
        [typeof(byte)] = LogicalType.UTinyInt,
        [typeof(short)] = LogicalType.SmallInt,
        [typeof(ushort)] = LogicalType.USmallInt,
        [typeof(int)] = LogicalType.Integer,
        [typeof(uint)] = LogicalType.UInteger,
        [typeof(long)] = LogicalType.BigInt,
        [typeof(ulong)] = LogicalType.UBigInt,
        [typeof(float)] = LogicalType.Float,
        [typeof(double)] = LogicalType.Double,
        [typeof(string)] = LogicalType.Varchar,
        [typeof(byte[])] = LogicalType.Blob,
        [typeof(Guid)] = LogicalType.Uuid,
        [typeof(TimeSpan)] = LogicalType.Time,
        [typeof(DateTimeOffset)] = LogicalType.TimestampTz,
    };

    /// <summary>
    /// The query that gives columns of a table without a row, and without what the table demands of them: an outer join leaves off both NOT NULL and
    /// what numbers rows by itself.
    /// </summary>
    protected string Bare(string like, IReadOnlyList<string> columns, string into = "") =>
        $"SELECT {string.Join(", ", columns.Select(c => "t." + Quote(c)))} {into} FROM (SELECT 1 AS one) AS o LEFT JOIN {QuoteTable(like)} AS t ON 1 = 0 WHERE 1 = 0";

    private string IsTable(string alias, string table) =>
        $"{alias}.TABLE_NAME = :name AND {alias}.TABLE_SCHEMA = {(table.Contains('.', StringComparison.Ordinal) ? ":schema" : CurrentSchema)}";

    private static QueryParameter[] Names(string table)
    {
        var parts = table.Split('.');
        var name = new QueryParameter("name", parts[^1], LogicalType.Varchar);
        return parts.Length == 1 ? [name] : [name, new QueryParameter("schema", parts[^2], LogicalType.Varchar)];
    }
}
#endif
