using System.Data.SqlTypes;
using System.Numerics;

namespace ServerlessHub.Engine;

/// <summary>The type DuckDB has for a .NET value.</summary>
internal static class ValueTypes
{
    public static LogicalType Of(object? value) =>
        value switch
        {
            null => LogicalType.Null,
            bool => LogicalType.Boolean,
            sbyte => LogicalType.TinyInt,
            byte => LogicalType.UTinyInt,
            short => LogicalType.SmallInt,
            ushort => LogicalType.USmallInt,
            int => LogicalType.Integer,
            uint => LogicalType.UInteger,
            long => LogicalType.BigInt,
            ulong => LogicalType.UBigInt,
            Int128 => LogicalType.HugeInt,
            UInt128 => LogicalType.UHugeInt,
            BigInteger => LogicalType.BigNum,
            float => LogicalType.Float,
            double => LogicalType.Double,
            decimal number => LogicalType.Decimal(Math.Max(Digits(number), number.Scale), number.Scale),
            SqlDecimal number => LogicalType.Decimal(number.Precision, number.Scale),
            string or char => LogicalType.Varchar,
            byte[] => LogicalType.Blob,
            Guid => LogicalType.Uuid,
            DateOnly => LogicalType.Date,
            TimeOnly => LogicalType.Time,
            ZonedTime => LogicalType.TimeTz,
            DateTime { Kind: DateTimeKind.Unspecified } => LogicalType.Timestamp,
            DateTime or DateTimeOffset => LogicalType.TimestampTz,
            TimeSpan or Interval => LogicalType.Interval,
            _ => throw new ArgumentException($"DuckDB's type for a {value.GetType().Name} has to be given.", nameof(value)),
        };

    private static int Digits(decimal number)
    {
        var whole = Int128.Abs(DecimalValue.Unscale(number, 38, number.Scale));
        var digits = 1;
        while (digits < 38 && whole >= DecimalValue.Power(digits))
            digits++;
        return digits;
    }
}
