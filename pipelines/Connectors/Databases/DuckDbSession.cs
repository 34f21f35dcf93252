using System.Data;
using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A DuckDB file as a database: what stands in for a server on a laptop. Rows are handed over as Parquet files, which both engines read and write in bulk.</summary>
internal sealed class DuckDbSession : DatabaseSession
{
    private readonly DuckDbFile file;
    private readonly Connection connection;

    /// <summary>Opens the file.</summary>
    /// <exception cref="RunException">It is not there, is no database, or another process has it open.</exception>
    public DuckDbSession(DatabaseAddress address, HubRoot root, bool isWritten)
        : base(address)
    {
        var path = root.Source(address.Url.Database).Location;
        if (!isWritten && !File.Exists(path))
            throw new RunException($"{address}: there is no such file", "make the database first, or correct the address");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        file = Guarded(() => DuckDbFile.Open(path));
        connection = file.Connect();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Paths => [file.Exchange];

    /// <inheritdoc/>
    public override void Begin(IsolationLevel isolation) => Execute("BEGIN TRANSACTION");

    /// <inheritdoc/>
    public override void Commit() => Execute("COMMIT");

    /// <inheritdoc/>
    public override long Execute(string sql, params IReadOnlyList<QueryParameter> parameters) =>
        Guarded(() => connection.Execute(Bound(sql, parameters)));

    /// <inheritdoc/>
    public override IReadOnlyList<string?[]> Rows(string sql, params IReadOnlyList<QueryParameter> parameters) =>
        Guarded(() =>
        {
            using var result = connection.Query(Bound(sql, parameters));
            return result
                .Rows()
                .Select(r => r.Select(v => v is null ? null : Convert.ToString(v, CultureInfo.InvariantCulture)).ToArray())
                .ToArray();
        });

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Describe(DatabaseQuery query) =>
        Guarded(() =>
        {
            using var statement = connection.Prepare(Bound(query.Sql, query.Parameters));
            if (statement.Kind != StatementKind.Select)
                throw new RunException($"{Address}: what <sql> holds is no query", "write one SELECT");
            return Readable(statement.Columns.Select(c => (c.Name, c.Type.ToString(), (LogicalType?)Readable(c.Type))));
        });

    /// <inheritdoc/>
    public override DatabaseRows Read(Connection engine, DatabaseQuery query, IReadOnlyList<Column> columns, int? fetchSize)
    {
        var rows = NewFile();
        var items = columns.Select(c => $"CAST({Quote(c.Name)} AS {c.Type}) AS {Quote(c.Name)}");
        Execute(
            $"COPY (SELECT {string.Join(", ", items)} FROM (\n{query.Sql}\n) AS q) TO {Sql.Literal(rows)} (FORMAT parquet)",
            query.Parameters
        );
        return new DatabaseRows($"read_parquet({Sql.Literal(rows)})", null, [rows]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TableColumn>? Columns(string table)
    {
        var rows = Rows(
            $"""
            SELECT column_name, data_type, NOT is_nullable AND column_default IS NULL FROM duckdb_columns()
            WHERE {IsTable(table)} ORDER BY column_index
            """
        );
        return rows.Count == 0 ? null : [.. rows.Select(r => new TableColumn(r[0]!, r[1]!, LogicalType.Parse(r[1]!), r[2] == "True"))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> PrimaryKey(string table) =>
        [
            .. Rows(
                    $"SELECT unnest(constraint_column_names) FROM duckdb_constraints() WHERE {IsTable(table)} AND constraint_type = 'PRIMARY KEY'"
                )
                .Select(r => r[0]!),
        ];

    /// <inheritdoc/>
    public override long Write(
        Connection engine,
        string select,
        string table,
        IReadOnlyList<TableColumn> columns,
        int? batchSize,
        CancellationToken cancellation
    )
    {
        var rows = NewFile();
        try
        {
            var names = columns.Select(c => Quote(c.Name)).ToArray();
            var carried = columns.Select((c, i) => $"CAST({names[i]} AS {Carrier(c.Type!)}) AS {names[i]}");
            engine.Execute(
                $"COPY (SELECT {string.Join(", ", carried)} FROM (\n{select}\n) AS r) TO {Sql.Literal(rows)} (FORMAT parquet)",
                cancellation
            );
            var values = columns.Select((c, i) => $"CAST({names[i]} AS {c.Type})");
            return Guarded(() =>
                connection.Execute(
                    $"INSERT INTO {table} ({string.Join(", ", names)}) SELECT {string.Join(", ", values)} FROM read_parquet({Sql.Literal(rows)})",
                    cancellation
                )
            );
        }
        finally
        {
            File.Delete(rows);
        }
    }

    /// <inheritdoc/>
    public override string? TypeFor(LogicalType type, bool isKey) => type.ToString();

    /// <inheritdoc/>
    public override IEnumerable<string> Create(string table, IReadOnlyList<Column> columns, IReadOnlyList<string> keys)
    {
        var statements = base.Create(table, columns, keys);
        return table.Contains('.', StringComparison.Ordinal)
            ? statements.Prepend($"CREATE SCHEMA IF NOT EXISTS {Quote(table.Split('.')[0])}")
            : statements;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        connection.Dispose();
        file.Dispose();
    }

    /// <inheritdoc/>
    protected override (string Message, string? Hint, bool IsTransient)? Explain(Exception e) =>
        e is not EngineException x ? null
        : x.Message.Contains("lock on file", StringComparison.Ordinal)
            ? ("another process has the file open", "close it there, or wait until it has ended", true)
        : x.Kind == EngineErrorKind.Transaction ? (EngineMessage(x), "another transaction was in the way; run it again", true)
        : (EngineMessage(x), null, false);

    private static string EngineMessage(EngineException e) => e.Message.Split('\n')[0];

    /// <summary>Binds parameters as typed variables, and gives the statement that reads them.</summary>
    private string Bound(string sql, IReadOnlyList<QueryParameter> parameters)
    {
        foreach (var parameter in parameters.Where(p => p.Type is not null))
            connection.SetVariable(parameter.Name, parameter.Value, parameter.Type!);
        return SqlParameters.Replace(
            sql,
            name =>
                parameters.FirstOrDefault(p => p.Name == name) is not { } parameter ? ":" + name
                : parameter.Type is null ? "NULL"
                : $"CAST(getvariable({Sql.Literal(name)}) AS {parameter.Type})"
        );
    }

    private string NewFile() => Path.Combine(file.Exchange, $"{Guid.NewGuid():N}.parquet");

    private static string IsTable(string table)
    {
        var parts = table.Split('.');
        var schema = parts.Length > 1 ? parts[^2] : "main";
        return $"database_name = current_database() AND schema_name = {Sql.Literal(schema)} AND table_name = {Sql.Literal(parts[^1])}";
    }

    /// <summary>The type as which a value of a type is read: its own where Parquet keeps it, else one that holds it.</summary>
    private static LogicalType Readable(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.HugeInt or TypeKind.UHugeInt => LogicalType.Decimal(38, 0),
            TypeKind.TimestampS or TypeKind.TimestampMs => LogicalType.Timestamp,
            TypeKind.TimeNs => LogicalType.Time,
            TypeKind.Null => LogicalType.Varchar,
            _ => Carrier(type),
        };

    /// <summary>The type in which Parquet carries a type's values without loss.</summary>
    private static LogicalType Carrier(LogicalType type) =>
        type.Kind
            is TypeKind.HugeInt
                or TypeKind.UHugeInt
                or TypeKind.BigNum
                or TypeKind.Bit
                or TypeKind.Union
                or TypeKind.Interval
                or TypeKind.TimeTz
                or TypeKind.TimeNs
                or TypeKind.TimestampS
                or TypeKind.TimestampMs
                or TypeKind.Enum
            ? LogicalType.Varchar
            : type;
}
