#if HUB_FULL
using System.Data.Common;
using Microsoft.Data.SqlClient;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>SQL Server, written by its bulk copy.</summary>
internal sealed class SqlServerSession(DatabaseAddress address) : CatalogSession(address, Connect)
{
    /// <inheritdoc/>
    public override string CreateTokens =>
        $"CREATE TABLE {Tokens} (token nvarchar(400) PRIMARY KEY, row_count bigint NOT NULL, committed_at datetime2 DEFAULT SYSUTCDATETIME())";

    /// <inheritdoc/>
    public override string Staging => "#hub_staging";

    /// <inheritdoc/>
    protected override string CurrentSchema => "SCHEMA_NAME()";

    /// <inheritdoc/>
    public override string? TypeFor(LogicalType type, bool isKey) =>
        type.Kind switch
        {
            TypeKind.Boolean => "bit",
            TypeKind.UTinyInt => "tinyint",
            TypeKind.TinyInt or TypeKind.SmallInt => "smallint",
            TypeKind.Integer or TypeKind.USmallInt => "int",
            TypeKind.BigInt or TypeKind.UInteger => "bigint",
            TypeKind.UBigInt => "decimal(20,0)",
            TypeKind.HugeInt or TypeKind.UHugeInt => "decimal(38,0)",
            TypeKind.Float => "real",
            TypeKind.Double => "float",
            TypeKind.Decimal => $"decimal({type.Width},{type.Scale})",
            TypeKind.Varchar or TypeKind.Enum => isKey ? "nvarchar(400)" : "nvarchar(max)",
            TypeKind.Blob => "varbinary(max)",
            TypeKind.Date => "date",
            TypeKind.Time => "time(6)",
            TypeKind.Timestamp or TypeKind.TimestampMs or TypeKind.TimestampS or TypeKind.TimestampNs => "datetime2(6)",
            TypeKind.TimestampTz => "datetimeoffset(6)",
            TypeKind.Uuid => "uniqueidentifier",
            _ => null,
        };

    /// <inheritdoc/>
    public override string CreateStaging(string like, IReadOnlyList<string> columns) =>
        $"SELECT TOP 0 {string.Join(", ", columns.Select(Quote))} INTO {Staging} FROM {QuoteTable(like)}";

    /// <inheritdoc/>
    public override string? Update(string table, IReadOnlyList<string> columns, IReadOnlyList<string> keys)
    {
        var set = string.Join(", ", columns.Except(keys).Select(c => $"t.{Quote(c)} = s.{Quote(c)}"));
        return set.Length == 0 ? null : $"UPDATE t SET {set} FROM {QuoteTable(table)} AS t JOIN {Staging} AS s ON {Match(keys)}";
    }

    /// <inheritdoc/>
    public override string Duplicates(IReadOnlyList<string> keys) => DuplicateKeys(keys) + " OFFSET 0 ROWS FETCH NEXT 3 ROWS ONLY";

    /// <inheritdoc/>
    protected override DbParameter Parameter(QueryParameter parameter) =>
        new SqlParameter("@" + parameter.Name, Plain(parameter.Value))
        {
            DbType = parameter.Type!.Kind switch
            {
                TypeKind.Boolean => System.Data.DbType.Boolean,
                TypeKind.SmallInt => System.Data.DbType.Int16,
                TypeKind.Integer => System.Data.DbType.Int32,
                TypeKind.BigInt => System.Data.DbType.Int64,
                TypeKind.Float => System.Data.DbType.Single,
                TypeKind.Double => System.Data.DbType.Double,
                TypeKind.Decimal => System.Data.DbType.Decimal,
                TypeKind.Blob => System.Data.DbType.Binary,
                TypeKind.Date => System.Data.DbType.Date,
                TypeKind.Timestamp => System.Data.DbType.DateTime2,
                TypeKind.TimestampTz => System.Data.DbType.DateTimeOffset,
                _ => System.Data.DbType.String,
            },
        };

    /// <inheritdoc/>
    protected override long Copy(QueryResult rows, string table, IReadOnlyList<TableColumn> columns, int? batchSize)
    {
        using var bulk = new SqlBulkCopy(
            (SqlConnection)Connection,
            SqlBulkCopyOptions.CheckConstraints | SqlBulkCopyOptions.FireTriggers,
            (SqlTransaction?)Transaction
        )
        {
            DestinationTableName = table,
            BatchSize = batchSize ?? 0,
            BulkCopyTimeout = 0,
            EnableStreaming = true,
        };
        for (var i = 0; i < columns.Count; i++)
            bulk.ColumnMappings.Add(i, columns[i].Name);
        using var reader = new ChunkReader(rows, Plain);
        bulk.WriteToServer(reader);
        return reader.Count;
    }

    /// <inheritdoc/>
    protected override (string Message, string? Hint, bool IsTransient)? Explain(Exception e) =>
        e is SqlException s
            ? s.Number switch
            {
                18456 => (s.Message, "correct the user or password: the secret that userSecretRef names, or the connection's", false),
                229 or 262 => (s.Message, "give the user the right to it", false),
                1205 or 3960 => (s.Message, "another transaction was in the way; run it again", true),
                -2 => ("the database did not answer in time", Unreachable, true),
                _ => s.Class >= 20 ? (s.Message, Unreachable, true) : (s.Message, null, s.IsTransient),
            }
            : base.Explain(e);

    private static SqlConnection Connect(DatabaseAddress address)
    {
        var url = address.Url;
        var settings = new SqlConnectionStringBuilder
        {
            DataSource = url.Port is { } port ? $"{url.Host},{port}" : url.Host,
            InitialCatalog = url.Database,
            ConnectTimeout = 15,
            CommandTimeout = 0,
            Pooling = false,
            ApplicationName = "ServerlessHub",
            TrustServerCertificate = url.Property("trustServerCertificate") == "true",
        };
        if (url.Property("encrypt") == "false")
            settings.Encrypt = SqlConnectionEncryptOption.Optional;
        if ((address.User ?? url.Property("user", "username")) is { } user)
        {
            settings.UserID = user;
            settings.Password = address.Password?.Reveal() ?? url.Property("password") ?? "";
        }
        else if (url.Property("authentication") is { } authentication)
            settings["Authentication"] = authentication;
        else
            settings.IntegratedSecurity = true;
        return new SqlConnection(settings.ConnectionString);
    }
}
#endif
