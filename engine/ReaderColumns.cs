using System.Collections.ObjectModel;
using System.Data.Common;

namespace ServerlessHub.Engine;

/// <summary>Which type a reader's column has in DuckDB, and how its values get there.</summary>
internal static class ReaderColumns
{
    /// <summary>Digits after the point of a decimal whose column tells no scale.</summary>
    private const int UnknownScale = 10;

    /// <summary>The columns, by name and type; a type given for a column counts more than the reader's own.</summary>
    public static Column[] Describe(DbDataReader reader, IReadOnlyDictionary<string, LogicalType>? types)
    {
        var schema = Schema(reader);
        var columns = new Column[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++)
        {
            var name = reader.GetName(i);
            var column = schema is not null && i < schema.Count ? schema[i] : null;
            var type = types?.GetValueOrDefault(name) ?? TypeOf(reader.GetFieldType(i), reader.GetDataTypeName(i), column);
            columns[i] = new(name, type ?? throw Unsupported(reader, i, "no type in DuckDB is known for it"));
        }
        return columns;
    }

    private static ReadOnlyCollection<DbColumn>? Schema(DbDataReader reader)
    {
        try
        {
            return reader.CanGetColumnSchema() ? reader.GetColumnSchema() : null;
        }
        catch (NotSupportedException)
        {
            // A reader need not describe its columns, and many that do not claim that they do.
            return null;
        }
    }

    public static ReaderColumn Create(DbDataReader reader, int ordinal, LogicalType type)
    {
        var source = reader.GetFieldType(ordinal);
        return type.Kind switch
        {
            TypeKind.Boolean when source == typeof(bool) => new FixedColumn<bool>(reader, ordinal, static (r, i) => r.GetBoolean(i)),
            TypeKind.TinyInt when source == typeof(sbyte) => Typed<sbyte>(reader, ordinal),
            TypeKind.UTinyInt when source == typeof(byte) => new FixedColumn<byte>(reader, ordinal, static (r, i) => r.GetByte(i)),
            TypeKind.SmallInt when source == typeof(short) => new FixedColumn<short>(reader, ordinal, static (r, i) => r.GetInt16(i)),
            TypeKind.USmallInt when source == typeof(ushort) => Typed<ushort>(reader, ordinal),
            TypeKind.Integer when source == typeof(int) => new FixedColumn<int>(reader, ordinal, static (r, i) => r.GetInt32(i)),
            TypeKind.UInteger when source == typeof(uint) => Typed<uint>(reader, ordinal),
            TypeKind.BigInt when source == typeof(long) => new FixedColumn<long>(reader, ordinal, static (r, i) => r.GetInt64(i)),
            TypeKind.UBigInt when source == typeof(ulong) => Typed<ulong>(reader, ordinal),
            TypeKind.Float when source == typeof(float) => new FixedColumn<float>(reader, ordinal, static (r, i) => r.GetFloat(i)),
            TypeKind.Double when source == typeof(double) => new FixedColumn<double>(reader, ordinal, static (r, i) => r.GetDouble(i)),
            TypeKind.Decimal when source == typeof(decimal) => Decimal(reader, ordinal, type),
            TypeKind.Varchar when source == typeof(string) => new TextColumn(reader, ordinal),
            TypeKind.Blob when source == typeof(byte[]) => new BytesColumn(reader, ordinal),
            TypeKind.Uuid when source == typeof(Guid) => new FixedColumn<UInt128>(
                reader,
                ordinal,
                static (r, i) => ObjectValue.Unsigned(r.GetGuid(i)) ^ ((UInt128)1 << 127)
            ),
            _ => Temporal(reader, ordinal, type, source)
                ?? throw Unsupported(reader, ordinal, $"values of .NET's type {source.Name} do not become {type}"),
        };
    }

    private static ReaderColumn? Temporal(DbDataReader reader, int ordinal, LogicalType type, Type source) =>
        type.Kind switch
        {
            TypeKind.Date when source == typeof(DateOnly) => new FixedColumn<int>(
                reader,
                ordinal,
                static (r, i) => Engine.Temporal.ToDays(r.GetFieldValue<DateOnly>(i))
            ),
            TypeKind.Date when source == typeof(DateTime) => new FixedColumn<int>(
                reader,
                ordinal,
                static (r, i) => Engine.Temporal.ToDays(DateOnly.FromDateTime(r.GetDateTime(i)))
            ),
            TypeKind.Time when source == typeof(TimeOnly) => new FixedColumn<long>(
                reader,
                ordinal,
                static (r, i) => Engine.Temporal.ToMicros(r.GetFieldValue<TimeOnly>(i))
            ),
            TypeKind.Time when source == typeof(TimeSpan) => new FixedColumn<long>(
                reader,
                ordinal,
                static (r, i) => Engine.Temporal.ToMicros(r.GetFieldValue<TimeSpan>(i))
            ),
            TypeKind.Interval when source == typeof(TimeSpan) => new FixedColumn<Interval>(
                reader,
                ordinal,
                static (r, i) => (Interval)r.GetFieldValue<TimeSpan>(i)
            ),
            TypeKind.Timestamp or TypeKind.TimestampTz when source == typeof(DateTime) => new FixedColumn<long>(
                reader,
                ordinal,
                static (r, i) => Engine.Temporal.ToMicros(r.GetDateTime(i))
            ),
            TypeKind.TimestampTz when source == typeof(DateTimeOffset) => new FixedColumn<long>(
                reader,
                ordinal,
                static (r, i) => Engine.Temporal.ToMicros(r.GetFieldValue<DateTimeOffset>(i))
            ),
            _ => null,
        };

    private static FixedColumn<T> Typed<T>(DbDataReader reader, int ordinal)
        where T : unmanaged => new(reader, ordinal, static (r, i) => r.GetFieldValue<T>(i));

    private static ReaderColumn Decimal(DbDataReader reader, int ordinal, LogicalType type)
    {
        return type.Width switch
        {
            <= 4 => new FixedColumn<short>(reader, ordinal, (r, i) => (short)Unscale(r, i)),
            <= 9 => new FixedColumn<int>(reader, ordinal, (r, i) => (int)Unscale(r, i)),
            <= 18 => new FixedColumn<long>(reader, ordinal, (r, i) => (long)Unscale(r, i)),
            _ => new FixedColumn<Int128>(reader, ordinal, Unscale),
        };

        Int128 Unscale(DbDataReader r, int i)
        {
            try
            {
                return DecimalValue.Unscale(r.GetDecimal(i), type.Width, type.Scale);
            }
            catch (OverflowException error)
            {
                throw new OverflowException($"Column '{r.GetName(i)}': {error.Message}", error);
            }
        }
    }

    private static LogicalType? TypeOf(Type source, string name, DbColumn? column)
    {
        if (source == typeof(decimal))
            return DecimalType(column);
        if (source == typeof(DateTime))
            return DateTimeType(name);
        if (source == typeof(TimeSpan))
            return name.Split(' ', '(')[0].Equals("time", StringComparison.OrdinalIgnoreCase) ? LogicalType.Time : LogicalType.Interval;
        if (source == typeof(string))
            return name is "json" or "jsonb" ? LogicalType.Json : LogicalType.Varchar;
        return Types.GetValueOrDefault(source);
    }

    private static LogicalType DecimalType(DbColumn? column)
    {
        if (column is { NumericPrecision: > 0 and <= 38 and var width, NumericScale: >= 0 and var scale } && scale <= width)
            return LogicalType.Decimal(width, scale);
        return LogicalType.Decimal(38, UnknownScale);
    }

    private static LogicalType DateTimeType(string name) =>
        name.StartsWith("timestamp with time zone", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("timestamptz", StringComparison.OrdinalIgnoreCase)
            ? LogicalType.TimestampTz
        : name.Equals("date", StringComparison.OrdinalIgnoreCase) ? LogicalType.Date
        : LogicalType.Timestamp;

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
        [typeof(byte[])] = LogicalType.Blob,
        [typeof(Guid)] = LogicalType.Uuid,
        [typeof(DateOnly)] = LogicalType.Date,
        [typeof(TimeOnly)] = LogicalType.Time,
        [typeof(DateTimeOffset)] = LogicalType.TimestampTz,
    };

    private static NotSupportedException Unsupported(DbDataReader reader, int ordinal, string why) =>
        new($"Column '{reader.GetName(ordinal)}' of type {reader.GetDataTypeName(ordinal)} cannot be read: {why}. Cast it in the query.");
}
