using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>PostgreSQL: typed values everywhere, a cursor to fetch by, binary COPY to write.</summary>
internal sealed partial class PostgresSession(DatabaseAddress address) : AdoSession(address, Connect)
{
    private const string Cursor = "hub_rows";

    /// <inheritdoc/>
    public override string? TypeFor(LogicalType type, bool isKey) =>
        type.Kind switch
        {
            TypeKind.Boolean => "boolean",
            TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.UTinyInt => "smallint",
            TypeKind.Integer or TypeKind.USmallInt => "integer",
            TypeKind.BigInt or TypeKind.UInteger => "bigint",
            TypeKind.UBigInt => "numeric(20,0)",
            TypeKind.HugeInt or TypeKind.UHugeInt => "numeric(38,0)",
            TypeKind.Float => "real",
            TypeKind.Double => "double precision",
            TypeKind.Decimal => $"numeric({type.Width},{type.Scale})",
            TypeKind.Varchar when type == LogicalType.Json => "jsonb",
            TypeKind.Varchar or TypeKind.Enum => "text",
            TypeKind.Blob => "bytea",
            TypeKind.Date => "date",
            TypeKind.Time => "time",
            TypeKind.Timestamp or TypeKind.TimestampMs or TypeKind.TimestampS or TypeKind.TimestampNs => "timestamp",
            TypeKind.TimestampTz => "timestamptz",
            TypeKind.Uuid => "uuid",
            _ => null,
        };

    /// <inheritdoc/>
    public override IReadOnlyList<TableColumn>? Columns(string table)
    {
        var rows = Rows(
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
            FROM pg_attribute a
            WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            ORDER BY a.attnum
            """,
            Name(table)
        );
        return rows.Count == 0 ? null : [.. rows.Select(r => new TableColumn(r[0]!, r[1]!, TypeOf(r[1]!), r[2] == "True"))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> PrimaryKey(string table) =>
        [
            .. Rows(
                    """
                    SELECT a.attname FROM pg_index i
                    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                    WHERE i.indrelid = to_regclass(:name) AND i.indisprimary ORDER BY k.place
                    """,
                    Name(table)
                )
                .Select(r => r[0]!),
        ];

    /// <inheritdoc/>
    protected override LogicalType? TypeOf(DbColumn column) =>
        TypeOf(column.DataTypeName ?? "") is { } type
            ? type.Kind == TypeKind.Decimal
                ? Numeric(column.NumericPrecision, column.NumericScale)
                : type
            // An enum of the database's own.
            : column.DataType == typeof(string)
                ? LogicalType.Varchar
                : null;

    /// <inheritdoc/>
    protected override DbParameter Parameter(QueryParameter parameter) =>
        new NpgsqlParameter(parameter.Name, DbTypeOf(parameter.Type!))
        {
            Value = parameter.Value switch
            {
                null => DBNull.Value,
                // The driver takes moments in UTC only.
                DateTimeOffset moment => moment.UtcDateTime,
                var value => value,
            },
        };

    /// <inheritdoc/>
    protected override DbDataReader Read(DatabaseQuery query, int? fetchSize)
    {
        if (fetchSize is not { } size)
            return base.Read(query, fetchSize);
        using (var declare = Command($"DECLARE {Cursor} NO SCROLL CURSOR FOR {query.Sql}", query.Parameters))
            declare.ExecuteNonQuery();
        return new DatabaseReader(Fetch(), Fetch, size, Translate);

        DbDataReader Fetch()
        {
            using var fetch = Command($"FETCH FORWARD {size} FROM {Cursor}", []);
            return fetch.ExecuteReader();
        }
    }

    /// <inheritdoc/>
    protected override long Copy(QueryResult rows, string table, IReadOnlyList<TableColumn> columns, int? batchSize)
    {
        var copy = $"COPY {table} ({string.Join(", ", columns.Select(c => Quote(c.Name)))}) FROM STDIN (FORMAT BINARY)";
        return new PostgresCopy((NpgsqlConnection)Connection, copy, columns).Write(rows, batchSize);
    }

    /// <inheritdoc/>
    protected override (string Message, string? Hint, bool IsTransient)? Explain(Exception e) =>
        e is PostgresException p
            ? (
                $"{p.MessageText}{(p.Detail is { Length: > 0 } detail ? $" ({detail})" : "")} [{p.SqlState}]",
                Hint(p.SqlState),
                p.IsTransient
            )
            : base.Explain(e);

    internal static NpgsqlDbType DbTypeOf(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Boolean => NpgsqlDbType.Boolean,
            TypeKind.SmallInt => NpgsqlDbType.Smallint,
            TypeKind.Integer => NpgsqlDbType.Integer,
            TypeKind.BigInt => NpgsqlDbType.Bigint,
            TypeKind.Decimal => NpgsqlDbType.Numeric,
            TypeKind.Float => NpgsqlDbType.Real,
            TypeKind.Double => NpgsqlDbType.Double,
            TypeKind.Blob => NpgsqlDbType.Bytea,
            TypeKind.Date => NpgsqlDbType.Date,
            TypeKind.Time => NpgsqlDbType.Time,
            TypeKind.Timestamp => NpgsqlDbType.Timestamp,
            TypeKind.TimestampTz => NpgsqlDbType.TimestampTz,
            TypeKind.Uuid => NpgsqlDbType.Uuid,
            _ => NpgsqlDbType.Text,
        };

    private static NpgsqlConnection Connect(DatabaseAddress address)
    {
        var url = address.Url;
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port ?? 5432,
            Database = url.Database,
            Username = address.User ?? url.Property("user", "username"),
            Password = address.Password?.Reveal() ?? url.Property("password", "pwd"),
            Timeout = 15,
            CommandTimeout = int.TryParse(url.Property("socketTimeout"), out var seconds) && seconds > 0 ? seconds : 0,
            KeepAlive = 60,
            // A run opens few connections and closes them; a pool would keep a database's sessions alive after it.
            Pooling = false,
            ApplicationName = "ServerlessHub",
            Timezone = "UTC",
            SearchPath = url.Property("currentSchema"),
        };
        if (url.Property("sslmode") is { } mode)
            settings.SslMode = Enum.TryParse<SslMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var ssl)
                ? ssl
                : throw new RunException($"{address}: '{mode}' is no sslmode", "write disable, prefer, require, verify-ca or verify-full");
        else if (url.Property("ssl") == "true")
            settings.SslMode = SslMode.Require;
        return new NpgsqlConnection(settings.ConnectionString);
    }

    private static string? Hint(string state) =>
        state switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                "correct the user or password: the secret that userSecretRef names, or the connection's",
            PostgresErrorCodes.InsufficientPrivilege => "give the user the right to it",
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected =>
                "another transaction was in the way; run it again",
            PostgresErrorCodes.InvalidSchemaName => "create the schema first",
            _ => null,
        };

    private QueryParameter Name(string table) => new("name", QuoteTable(table), LogicalType.Varchar);

    private static LogicalType? TypeOf(string name)
    {
        if (Digits().Match(name) is { Success: true } m)
            return Numeric(int.Parse(m.Groups[1].Value), int.Parse(m.Groups[2].Value));
        return Parentheses().Replace(name, "") switch
        {
            "boolean" => LogicalType.Boolean,
            "smallint" => LogicalType.SmallInt,
            "integer" => LogicalType.Integer,
            "bigint" => LogicalType.BigInt,
            "real" => LogicalType.Float,
            "double precision" => LogicalType.Double,
            "numeric" => Numeric(null, null),
            "text" or "character varying" or "character" or "name" or "citext" or "xml" => LogicalType.Varchar,
            "json" or "jsonb" => LogicalType.Json,
            "bytea" => LogicalType.Blob,
            "date" => LogicalType.Date,
            "time without time zone" or "time" => LogicalType.Time,
            "timestamp without time zone" or "timestamp" => LogicalType.Timestamp,
            "timestamp with time zone" or "timestamptz" => LogicalType.TimestampTz,
            "uuid" => LogicalType.Uuid,
            _ => null,
        };
    }

    // A numeric without limits fits no type of a fixed width; the widest with a middling scale holds what people keep in one.
    private static LogicalType Numeric(int? precision, int? scale) =>
        precision is >= 1 and <= 38 && scale is >= 0 && scale <= precision
            ? LogicalType.Decimal(precision.Value, scale.Value)
            : LogicalType.Decimal(38, 10);

    [GeneratedRegex(@"^numeric\((\d+),\s*(\d+)\)$")]
    private static partial Regex Digits();

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Parentheses();
}
