#if HUB_FULL
using System.Data;
using System.Data.Common;
using System.Data.SqlTypes;
using MySqlConnector;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>MySQL and MariaDB, written by LOAD DATA. What defines a table ends a transaction there, so it is done before anything is written.</summary>
internal sealed class MySqlSession(DatabaseAddress address) : CatalogSession(address, Connect)
{
    // Errors that the driver has no names for: MariaDB's of a session that was ended, and both servers' of LOAD DATA LOCAL being switched off.
    private const MySqlErrorCode ConnectionKilled = (MySqlErrorCode)1927;
    private const MySqlErrorCode LocalFilesDisabled = (MySqlErrorCode)3948;
    private const MySqlErrorCode LocalInfileDisabled = (MySqlErrorCode)4166;

    private IsolationLevel isolation = IsolationLevel.ReadCommitted;

    /// <inheritdoc/>
    protected override string CurrentSchema => "DATABASE()";

    /// <inheritdoc/>
    protected override string IsComputed => "c.EXTRA LIKE '%VIRTUAL GENERATED%' OR c.EXTRA LIKE '%STORED GENERATED%'";

    // Two tokens that differ in case only are two tokens; the server's usual collation would not say so.
    /// <inheritdoc/>
    public override string CreateTokens =>
        $"CREATE TABLE {Tokens} (token varchar(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY, row_count bigint NOT NULL, committed_at timestamp DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB";

    /// <inheritdoc/>
    public override void Begin(IsolationLevel isolation)
    {
        this.isolation = isolation;
        // Moments are UTC here; what does not fit is refused, whatever the server's own mode, and a key of 0 stays 0.
        Execute(
            "SET SESSION time_zone = '+00:00', SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')"
        );
        base.Begin(isolation);
    }

    /// <inheritdoc/>
    public override void Define(string sql)
    {
        Execute(sql);
        // The definition has ended the server's transaction; the driver's is ended with it, and a new one begun.
        Commit();
        Begin(isolation);
    }

    /// <inheritdoc/>
    public override string Quote(string identifier) => "`" + identifier.Replace("`", "``", StringComparison.Ordinal) + "`";

    /// <inheritdoc/>
    public override string? TypeFor(LogicalType type, bool isKey) =>
        type.Kind switch
        {
            TypeKind.Boolean => "tinyint(1)",
            TypeKind.TinyInt => "tinyint",
            TypeKind.SmallInt or TypeKind.UTinyInt => "smallint",
            TypeKind.Integer or TypeKind.USmallInt => "int",
            TypeKind.BigInt or TypeKind.UInteger => "bigint",
            TypeKind.UBigInt => "bigint unsigned",
            TypeKind.HugeInt or TypeKind.UHugeInt => "decimal(38,0)",
            TypeKind.Float => "float",
            TypeKind.Double => "double",
            TypeKind.Decimal => type.Scale <= 30 ? $"decimal({type.Width},{type.Scale})" : null,
            TypeKind.Varchar or TypeKind.Enum => isKey ? "varchar(190)" : "longtext",
            TypeKind.Blob => "longblob",
            TypeKind.Date => "date",
            TypeKind.Time => "time(6)",
            TypeKind.Timestamp or TypeKind.TimestampMs or TypeKind.TimestampS or TypeKind.TimestampNs or TypeKind.TimestampTz =>
                "datetime(6)",
            TypeKind.Uuid => "char(36)",
            _ => null,
        };

    // The hub tells texts apart by every character, and so must the tables that it makes.
    /// <inheritdoc/>
    public override IEnumerable<string> Create(string table, IReadOnlyList<Column> columns, IReadOnlyList<string> keys) =>
        base.Create(table, columns, keys).Select(s => s + " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");

    /// <inheritdoc/>
    public override string CreateStaging(string like, IReadOnlyList<string> columns) =>
        $"CREATE TEMPORARY TABLE {Staging} AS {Bare(like, columns)}";

    // TRUNCATE cannot be undone there.
    /// <inheritdoc/>
    public override string Truncate(string table) => $"DELETE FROM {QuoteTable(table)}";

    /// <inheritdoc/>
    public override string? Update(string table, IReadOnlyList<string> columns, IReadOnlyList<string> keys)
    {
        var set = string.Join(", ", columns.Except(keys).Select(c => $"t.{Quote(c)} = s.{Quote(c)}"));
        return set.Length == 0 ? null : $"UPDATE {QuoteTable(table)} AS t JOIN {Staging} AS s ON {Match(keys)} SET {set}";
    }

    /// <inheritdoc/>
    protected override LogicalType? TypeOf(DbColumn column) =>
        column.DataTypeName == "TIMESTAMP" ? LogicalType.TimestampTz : base.TypeOf(column);

    /// <inheritdoc/>
    protected override DbParameter Parameter(QueryParameter parameter) => new MySqlParameter("@" + parameter.Name, Value(parameter.Value));

    /// <inheritdoc/>
    protected override DbDataReader Read(DatabaseQuery query, int? fetchSize)
    {
        var command = Command(query.Sql, query.Parameters);
        // As text, which is how an unprepared statement's values come, the server rounds a float to six digits.
        command.Prepare();
        return new DatabaseReader(command.ExecuteReader(), null, 0, Translate);
    }

    /// <inheritdoc/>
    protected override long Copy(QueryResult rows, string table, IReadOnlyList<TableColumn> columns, int? batchSize)
    {
        var connection = (MySqlConnection)Connection;
        var bulk = new MySqlBulkCopy(connection, (MySqlTransaction?)Transaction) { DestinationTableName = table, BulkCopyTimeout = 0 };
        bulk.ColumnMappings.AddRange(columns.Select(Mapping));
        using var reader = new ChunkReader(rows, Value, batchSize);
        string? warning = null;
        connection.InfoMessage += (_, e) => warning ??= e.Errors is [var first, ..] ? first.Message : null;
        try
        {
            do bulk.WriteToServer(reader);
            while (warning is null && reader.NextBatch());
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.BulkCopyFailed && warning is not null)
        {
            // Rows were left out; the server's warning says why.
        }
        // LOAD DATA mends or leaves out what does not fit, and only warns of it.
        return warning is null
            ? reader.Count
            : throw new RunException($"{Address}: {table}: {warning}", "convert or filter what does not fit, or change the table");
    }

    /// <inheritdoc/>
    protected override (string Message, string? Hint, bool IsTransient)? Explain(Exception e) =>
        e switch
        {
            MySqlException
            {
                InnerException: IOException or System.Net.Sockets.SocketException or TimeoutException,
                ErrorCode: not MySqlErrorCode.UnableToConnectToHost
            } => base.Explain(e),
            MySqlException m => m.ErrorCode switch
            {
                MySqlErrorCode.AccessDenied => (
                    m.Message,
                    "correct the user or password: the secret that userSecretRef names, or the connection's",
                    false
                ),
                MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied => (
                    m.Message,
                    "give the user the right to it",
                    false
                ),
                MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout => (
                    m.Message,
                    "another transaction was in the way; run it again",
                    true
                ),
                MySqlErrorCode.UnableToConnectToHost => (m.Message, Unreachable, true),
                MySqlErrorCode.ServerShutdown or MySqlErrorCode.QueryInterrupted or ConnectionKilled => (
                    m.Message,
                    "run it again; nothing was left half written",
                    true
                ),
                MySqlErrorCode.NotAllowedCommand or LocalFilesDisabled or LocalInfileDisabled => (
                    m.Message,
                    "rows go in by LOAD DATA LOCAL, which the server must allow: set its local_infile to ON",
                    false
                ),
                _ => (m.Message, null, m.IsTransient),
            },
            // A column of the type YEAR.
            NotSupportedException n => (n.Message, "convert the value, or change the table", false),
            _ => base.Explain(e),
        };

    private static object Value(object? value) =>
        value switch
        {
            null => DBNull.Value,
            SqlDecimal wide => wide.ToString(),
            DateTimeOffset moment => moment.UtcDateTime,
            _ => value,
        };

    // The bulk copy would find out for itself which values it must convert, but looks at as many of the table's columns as are written only.
    private MySqlBulkCopyColumnMapping Mapping(TableColumn column, int ordinal)
    {
        var variable = $"@hub_{ordinal}";
        return column.DataType == "BIT" ? new(ordinal, variable, $"{Quote(column.Name)} = CAST({variable} AS UNSIGNED)")
            : column.Type!.Kind == TypeKind.Blob ? new(ordinal, variable, $"{Quote(column.Name)} = UNHEX({variable})")
            : new(ordinal, column.Name);
    }

    private static MySqlConnection Connect(DatabaseAddress address)
    {
        var url = address.Url;
        var settings = new MySqlConnectionStringBuilder
        {
            Server = url.Host,
            Port = (uint)(url.Port ?? 3306),
            Database = url.Database,
            UserID = address.User ?? url.Property("user", "username") ?? "",
            Password = address.Password?.Reveal() ?? url.Property("password") ?? "",
            ConnectionTimeout = 15,
            DefaultCommandTimeout = 0,
            Pooling = false,
            ApplicationName = "ServerlessHub",
            // The bulk copy sends its rows as a local file's.
            AllowLoadLocalInfile = true,
            // A query may have variables of its own.
            AllowUserVariables = true,
            AllowPublicKeyRetrieval = url.Property("allowPublicKeyRetrieval") == "true",
            SslMode = Encryption(address),
        };
        return new MySqlConnection(settings.ConnectionString);
    }

    // The names of MySQL's driver and of MariaDB's.
    private static MySqlSslMode Encryption(DatabaseAddress address) =>
        address.Url.Property("sslMode")?.Replace('_', '-').ToUpperInvariant() switch
        {
            null when address.Url.Property("useSSL") == "false" => MySqlSslMode.Disabled,
            null when address.Url.Property("requireSSL") == "true" => MySqlSslMode.Required,
            null or "PREFERRED" => MySqlSslMode.Preferred,
            "DISABLE" or "DISABLED" => MySqlSslMode.Disabled,
            "TRUST" or "REQUIRED" => MySqlSslMode.Required,
            "VERIFY-CA" => MySqlSslMode.VerifyCA,
            "VERIFY-FULL" or "VERIFY-IDENTITY" => MySqlSslMode.VerifyFull,
            var mode => throw new RunException(
                $"{address}: '{mode}' is no sslMode",
                "write DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY"
            ),
        };
}
#endif
