namespace ServerlessHub.Engine;

/// <summary>How types are spelt in SQL.</summary>
internal static class LogicalTypeText
{
    /// <summary>The spelling of types that are a single name, and every other name DuckDB takes for them.</summary>
    public static readonly IReadOnlyDictionary<string, LogicalType> Names = new Dictionary<string, LogicalType>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["BOOLEAN"] = LogicalType.Boolean,
        ["BOOL"] = LogicalType.Boolean,
        ["LOGICAL"] = LogicalType.Boolean,
        ["TINYINT"] = LogicalType.TinyInt,
        ["INT1"] = LogicalType.TinyInt,
        ["SMALLINT"] = LogicalType.SmallInt,
        ["INT2"] = LogicalType.SmallInt,
        ["INT16"] = LogicalType.SmallInt,
        ["SHORT"] = LogicalType.SmallInt,
        ["INTEGER"] = LogicalType.Integer,
        ["INT"] = LogicalType.Integer,
        ["INT4"] = LogicalType.Integer,
        ["INT32"] = LogicalType.Integer,
        ["SIGNED"] = LogicalType.Integer,
        ["BIGINT"] = LogicalType.BigInt,
        ["INT8"] = LogicalType.BigInt,
        ["INT64"] = LogicalType.BigInt,
        ["LONG"] = LogicalType.BigInt,
        ["HUGEINT"] = LogicalType.HugeInt,
        ["INT128"] = LogicalType.HugeInt,
        ["UTINYINT"] = LogicalType.UTinyInt,
        ["UINT8"] = LogicalType.UTinyInt,
        ["USMALLINT"] = LogicalType.USmallInt,
        ["UINT16"] = LogicalType.USmallInt,
        ["UINTEGER"] = LogicalType.UInteger,
        ["UINT32"] = LogicalType.UInteger,
        ["UBIGINT"] = LogicalType.UBigInt,
        ["UINT64"] = LogicalType.UBigInt,
        ["UHUGEINT"] = LogicalType.UHugeInt,
        ["UINT128"] = LogicalType.UHugeInt,
        ["BIGNUM"] = LogicalType.BigNum,
        ["FLOAT"] = LogicalType.Float,
        ["FLOAT4"] = LogicalType.Float,
        ["REAL"] = LogicalType.Float,
        ["DOUBLE"] = LogicalType.Double,
        ["FLOAT8"] = LogicalType.Double,
        ["VARCHAR"] = LogicalType.Varchar,
        ["CHAR"] = LogicalType.Varchar,
        ["BPCHAR"] = LogicalType.Varchar,
        ["NVARCHAR"] = LogicalType.Varchar,
        ["TEXT"] = LogicalType.Varchar,
        ["STRING"] = LogicalType.Varchar,
        ["JSON"] = LogicalType.Json,
        ["BLOB"] = LogicalType.Blob,
        ["BYTEA"] = LogicalType.Blob,
        ["BINARY"] = LogicalType.Blob,
        ["VARBINARY"] = LogicalType.Blob,
        ["BIT"] = LogicalType.Bit,
        ["BITSTRING"] = LogicalType.Bit,
        ["UUID"] = LogicalType.Uuid,
        ["GUID"] = LogicalType.Uuid,
        ["DATE"] = LogicalType.Date,
        ["TIME"] = LogicalType.Time,
        ["TIME_NS"] = LogicalType.TimeNs,
        ["TIMETZ"] = LogicalType.TimeTz,
        ["TIMESTAMP"] = LogicalType.Timestamp,
        ["DATETIME"] = LogicalType.Timestamp,
        ["TIMESTAMP_US"] = LogicalType.Timestamp,
        ["TIMESTAMP_S"] = LogicalType.TimestampS,
        ["TIMESTAMP_MS"] = LogicalType.TimestampMs,
        ["TIMESTAMP_NS"] = LogicalType.TimestampNs,
        ["TIMESTAMPTZ"] = LogicalType.TimestampTz,
        ["INTERVAL"] = LogicalType.Interval,
        ["GEOMETRY"] = LogicalType.Plain(TypeKind.Geometry),
        ["VARIANT"] = LogicalType.Plain(TypeKind.Variant),
        ["ANY"] = LogicalType.Any,
        ["NULL"] = LogicalType.Null,
        ["UNKNOWN"] = LogicalType.Unknown,
    };

    // DuckDB's reserved words, and those it keeps for types and functions: a field of that name needs quotes.
    private static readonly HashSet<string> Reserved = new(
        (
            "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default "
            + "deferrable desc describe distinct do else end except false fetch for foreign from group having in initially "
            + "intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider "
            + "placing primary qualify references returning select show some summarize symmetric table then to trailing true "
            + "union unique unpivot using variadic when where window with anti asof at authorization binary by collation columns "
            + "concurrently cross freeze full generated glob ilike inner is isnull join left like map natural notnull outer "
            + "overlaps positional right semi similar struct tablesample try_cast unpack verbose"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    public static string Write(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Decimal => $"DECIMAL({type.Width},{type.Scale})",
            TypeKind.List => $"{type.Element}[]",
            TypeKind.Array => $"{type.Element}[{type.ArraySize}]",
            TypeKind.Map => $"MAP({type.Children[0].Type}, {type.Children[1].Type})",
            TypeKind.Struct => $"STRUCT({Fields(type)})",
            TypeKind.Union => $"UNION({Fields(type)})",
            TypeKind.Enum => $"ENUM({string.Join(", ", type.EnumValues.Select(Sql.Literal))})",
            TypeKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
            TypeKind.TimeTz => "TIME WITH TIME ZONE",
            TypeKind.Null => "\"NULL\"",
            TypeKind.TimeNs => "TIME_NS",
            TypeKind.TimestampS => "TIMESTAMP_S",
            TypeKind.TimestampMs => "TIMESTAMP_MS",
            TypeKind.TimestampNs => "TIMESTAMP_NS",
            TypeKind.StringLiteral => "STRING_LITERAL",
            TypeKind.IntegerLiteral => "INTEGER_LITERAL",
            _ => type.Kind.ToString().ToUpperInvariant(),
        };

    private static string Fields(LogicalType type) => string.Join(", ", type.Children.Select(c => $"{Name(c.Name)} {c.Type}"));

    private static string Name(string name)
    {
        var plain =
            name.Length > 0
            && !char.IsAsciiDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            && !Reserved.Contains(name);
        return plain ? name : Sql.Identifier(name);
    }
}
