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
    private IsolationLevel isolation = IsolationLevel.ReadCommitted;

    /// <inheritdoc/>
    protected override string CurrentSchema => "DATABASE()";

    /// <inheritdoc/>
    public override void Begin(IsolationLevel isolation)
    {
        this.isolation = isolation;
        base.Begin(isolation);
    }

    /// <inheritdoc/>
    public override void Define(string sql)
    {
        Execute(sql);
        // The definition has ended the server's transaction; the driver's is ended with it, and a new one begun.
        Commit();
        Transaction!.Dispose();
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
    protected override DbParameter Parameter(QueryParameter parameter) =>
        new MySqlParameter("@" + parameter.Name, Value(parameter.Value is DateTimeOffset moment ? moment.UtcDateTime : parameter.Value));

    /// <inheritdoc/>
    protected override long Copy(QueryResult rows, string table, IReadOnlyList<TableColumn> columns, int? batchSize)
    {
        var bulk = new MySqlBulkCopy((MySqlConnection)Connection, (MySqlTransaction?)Transaction)
        {
            DestinationTableName = table,
            BulkCopyTimeout = 0,
        };
        for (var i = 0; i < columns.Count; i++)
            bulk.ColumnMappings.Add(new MySqlBulkCopyColumnMapping(i, columns[i].Name));
        using var reader = new ChunkReader(rows, Value);
        var result = bulk.WriteToServer(reader);
        // LOAD DATA mends what does not fit and only warns of it.
        return result.Warnings is [var warning, ..]
            ? throw new RunException($"{Address}: {table}: {warning.Message}", "convert the value, or widen the column")
            : reader.Count;
    }

    /// <inheritdoc/>
    protected override (string Message, string? Hint, bool IsTransient)? Explain(Exception e) =>
        e is MySqlException m
            ? m.ErrorCode switch
            {
                MySqlErrorCode.AccessDenied => (
                    m.Message,
                    "correct the user or password: the secret that userSecretRef names, or the connection's",
                    false
                ),
                MySqlErrorCode.TableAccessDenied => (m.Message, "give the user the right to it", false),
                MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout => (
                    m.Message,
                    "another transaction was in the way; run it again",
                    true
                ),
                MySqlErrorCode.UnableToConnectToHost => (m.Message, Unreachable, true),
                _ => (m.Message, null, m.IsTransient),
            }
            : base.Explain(e);

    private static object Value(object? value) => value is SqlDecimal wide ? wide.Value : Plain(value);

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
        };
        if (url.Property("useSSL") == "false")
            settings.SslMode = MySqlSslMode.None;
        else if (url.Property("requireSSL") == "true")
            settings.SslMode = MySqlSslMode.Required;
        return new MySqlConnection(settings.ConnectionString);
    }
}
#endif
