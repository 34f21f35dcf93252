#if HUB_FULL
using System.Data.Common;
using Azure.Identity;
using Microsoft.Data.SqlClient;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>SQL Server, written by its bulk copy.</summary>
internal sealed class SqlServerSession(DatabaseAddress address) : CatalogSession(address, SqlServerLogin.Connect)
{
    // Two tokens that differ in case only are two tokens; the server's usual collation would not say so.
    /// <inheritdoc/>
    public override string CreateTokens =>
        $"CREATE TABLE {Tokens} (token nvarchar(400) COLLATE Latin1_General_100_BIN2 PRIMARY KEY, row_count bigint NOT NULL, committed_at datetime2 DEFAULT SYSUTCDATETIME())";

    /// <inheritdoc/>
    public override string Staging => "#hub_staging";

    /// <inheritdoc/>
    protected override string CurrentSchema => "SCHEMA_NAME()";

    // The period columns of a table with a history; computed columns are told by the driver.
    /// <inheritdoc/>
    protected override string IsComputed =>
        "ISNULL(COLUMNPROPERTY(OBJECT_ID(QUOTENAME(c.TABLE_SCHEMA) + '.' + QUOTENAME(c.TABLE_NAME)), c.COLUMN_NAME, 'GeneratedAlwaysType'), 0) > 0";

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
    public override string CreateStaging(string like, IReadOnlyList<string> columns) => Bare(like, columns, $"INTO {Staging}");

    // The locks are held from the look for a key until the commit, so that no other transaction inserts it in between.
    /// <inheritdoc/>
    public override string? Update(string table, IReadOnlyList<string> columns, IReadOnlyList<string> keys)
    {
        var set = string.Join(", ", columns.Except(keys).Select(c => $"t.{Quote(c)} = s.{Quote(c)}"));
        return set.Length == 0
            ? null
            : $"UPDATE t SET {set} FROM {QuoteTable(table)} AS t WITH (UPDLOCK, HOLDLOCK) JOIN {Staging} AS s ON {Match(keys)}";
    }

    // A column that the database numbers takes a value only when that is switched on, which lasts for the session.
    /// <inheritdoc/>
    public override string Insert(string table, IReadOnlyList<string> columns, IReadOnlyList<string> keys)
    {
        var (into, names) = (QuoteTable(table), string.Join(", ", columns.Select(Quote)));
        var written = string.Join(", ", columns.Select(c => "N" + Sql.Literal(c)));
        return $"""
            IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE object_id = OBJECT_ID(N{Sql.Literal(
                into
            )}) AND name IN ({written})) SET IDENTITY_INSERT {into} ON;
            INSERT INTO {into} ({names}) SELECT {names} FROM {Staging} AS s
            WHERE NOT EXISTS (SELECT 1 FROM {into} AS t WITH (UPDLOCK, HOLDLOCK) WHERE {Match(keys)})
            """;
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
            // A null stays a null where the column has a default, and a number what it is where the database numbers rows.
            SqlBulkCopyOptions.CheckConstraints
                | SqlBulkCopyOptions.FireTriggers
                | SqlBulkCopyOptions.KeepNulls
                | SqlBulkCopyOptions.KeepIdentity,
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
                // Azure SQL is busy, or moves the database to another machine.
                40197 or 40501 or 40613 or 49918 or 49919 or 49920 or 10928 or 10929 or 4221 => (
                    s.Message,
                    "run it again a little later",
                    true
                ),
                -2 => ("the database did not answer in time", Unreachable, true),
                _ => s.Class >= 20 ? (s.Message, Unreachable, true) : (s.Message, null, s.IsTransient),
            }
        : e.GetBaseException() is AuthenticationFailedException refused
            ? (refused.Message, "sign in, or give the machine an identity that the database knows", false)
        : base.Explain(e);

    /// <summary>A value as the driver's bulk copy takes it, which knows .NET's older types for dates and times.</summary>
    private static object Plain(object? value) =>
        value switch
        {
            null => DBNull.Value,
            DateOnly date => date.ToDateTime(default),
            TimeOnly time => time.ToTimeSpan(),
            _ => value,
        };
}
#endif
