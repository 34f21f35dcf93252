using System.Collections;
using System.Data.SqlTypes;
using System.Globalization;
using System.Numerics;

namespace ServerlessHub.Engine;

/// <summary>What a value given as an object is in DuckDB's own form. Everything here throws <see cref="ArgumentException"/> for a value of a wrong type.</summary>
internal static class ObjectValue
{
    public static T Integer<T>(object value, LogicalType type)
        where T : INumberBase<T> =>
        value switch
        {
            sbyte number => T.CreateChecked(number),
            byte number => T.CreateChecked(number),
            short number => T.CreateChecked(number),
            ushort number => T.CreateChecked(number),
            int number => T.CreateChecked(number),
            uint number => T.CreateChecked(number),
            long number => T.CreateChecked(number),
            ulong number => T.CreateChecked(number),
            Int128 number => T.CreateChecked(number),
            UInt128 number => T.CreateChecked(number),
            BigInteger number => T.CreateChecked(number),
            _ => throw Mismatch(value, type),
        };

    public static bool Boolean(object value, LogicalType type) => value is bool truth ? truth : throw Mismatch(value, type);

    public static float Float(object value, LogicalType type) => value is float number ? number : throw Mismatch(value, type);

    public static double Double(object value, LogicalType type) =>
        value switch
        {
            double number => number,
            float number => number,
            int number => number,
            _ => throw Mismatch(value, type),
        };

    /// <summary>The whole number that a decimal is kept as.</summary>
    public static Int128 Unscaled(object value, LogicalType type) =>
        value switch
        {
            decimal number => DecimalValue.Unscale(number, type.Width, type.Scale),
            SqlDecimal number => DecimalValue.Unscale(number, type.Width, type.Scale),
            int or long or short or byte => DecimalValue.Unscale(
                Convert.ToDecimal(value, CultureInfo.InvariantCulture),
                type.Width,
                type.Scale
            ),
            _ => throw Mismatch(value, type),
        };

    public static int Days(object value, LogicalType type) =>
        value switch
        {
            DateOnly date => Temporal.ToDays(date),
            DateTime time => Temporal.ToDays(DateOnly.FromDateTime(time)),
            _ => throw Mismatch(value, type),
        };

    public static long TimeMicros(object value, LogicalType type) =>
        value switch
        {
            TimeOnly time => Temporal.ToMicros(time),
            TimeSpan span => Temporal.ToMicros(span),
            _ => throw Mismatch(value, type),
        };

    public static long TimeNanos(object value, LogicalType type) =>
        value switch
        {
            TimeOnly time => time.Ticks * TimeSpan.NanosecondsPerTick,
            TimeSpan span => Temporal.ToMicros(span) * 1000,
            _ => throw Mismatch(value, type),
        };

    public static ulong TimeTzBits(object value, LogicalType type) => value is ZonedTime time ? time.ToBits() : throw Mismatch(value, type);

    /// <summary>The count since 1970-01-01, in the type's own unit.</summary>
    public static long Timestamp(object value, LogicalType type)
    {
        var time = value switch
        {
            DateTime dateTime => dateTime.Kind == DateTimeKind.Local ? dateTime.ToUniversalTime() : dateTime,
            DateTimeOffset instant => instant.UtcDateTime,
            DateOnly date => date.ToDateTime(TimeOnly.MinValue),
            _ => throw Mismatch(value, type),
        };
        var ticks = time.Ticks - DateTime.UnixEpoch.Ticks;
        return type.Kind switch
        {
            TypeKind.TimestampS => Temporal.Floor(ticks, TimeSpan.TicksPerSecond),
            TypeKind.TimestampMs => Temporal.Floor(ticks, TimeSpan.TicksPerMillisecond),
            TypeKind.TimestampNs => checked(ticks * TimeSpan.NanosecondsPerTick),
            _ => Temporal.Floor(ticks, TimeSpan.TicksPerMicrosecond),
        };
    }

    public static Interval Interval(object value, LogicalType type) =>
        value switch
        {
            Interval interval => interval,
            TimeSpan span => (Interval)span,
            _ => throw Mismatch(value, type),
        };

    public static UInt128 Uuid(object value, LogicalType type) => value is Guid id ? Unsigned(id) : throw Mismatch(value, type);

    public static string Text(object value, LogicalType type) =>
        value switch
        {
            string text => text,
            char character => character.ToString(),
            _ => throw Mismatch(value, type),
        };

    public static byte[] Bytes(object value, LogicalType type) => value as byte[] ?? throw Mismatch(value, type);

    /// <summary>A byte that tells how many bits of the next one are padding, then the bits; padding is ones.</summary>
    public static byte[] Bits(object value, LogicalType type)
    {
        if (value is not string { Length: > 0 } text || text.AsSpan().ContainsAnyExcept('0', '1'))
            throw Mismatch(value, type);

        var padding = (8 - (text.Length % 8)) % 8;
        var bytes = new byte[1 + ((text.Length + padding) / 8)];
        bytes[0] = (byte)padding;
        for (var i = 0; i < padding + text.Length; i++)
        {
            if (i < padding || text[i - padding] == '1')
                bytes[1 + (i / 8)] |= (byte)(0x80 >> (i % 8));
        }
        return bytes;
    }

    public static BigInteger BigNum(object value, LogicalType type) => value is BigInteger number ? number : Integer<Int128>(value, type);

    public static int EnumIndex(object value, LogicalType type)
    {
        var index = value is string text ? type.EnumIndex(text) : -1;
        return index >= 0 ? index : throw Mismatch(value, type);
    }

    public static UInt128 Unsigned(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>A list's or array's elements.</summary>
    public static List<object?> Items(object value, LogicalType type)
    {
        if (value is not IEnumerable items || value is string)
            throw Mismatch(value, type);

        List<object?> list = [.. items.Cast<object?>()];
        return type.Kind == TypeKind.List || list.Count == type.ArraySize
            ? list
            : throw new ArgumentException($"A {type} takes {type.ArraySize} values, not {list.Count}.", nameof(value));
    }

    /// <summary>A struct's values in the order of its fields; one that is not named is null.</summary>
    public static object?[] Fields(object value, LogicalType type)
    {
        if (value is not IEnumerable<KeyValuePair<string, object?>> pairs)
            throw Mismatch(value, type);

        var fields = new object?[type.Children.Count];
        foreach (var (name, field) in pairs)
        {
            var index = type.FieldIndex(name);
            if (index < 0)
                throw new ArgumentException($"{type} has no field '{name}'.", nameof(value));
            fields[index] = field;
        }
        return fields;
    }

    /// <summary>A map's entries.</summary>
    public static List<KeyValuePair<object, object?>> Entries(object value, LogicalType type) =>
        value switch
        {
            IEnumerable<KeyValuePair<object, object?>> pairs => [.. pairs],
            IDictionary pairs => [.. pairs.Cast<DictionaryEntry>().Select(e => new KeyValuePair<object, object?>(e.Key, e.Value))],
            _ => throw Mismatch(value, type),
        };

    /// <summary>Three bytes of header, whose highest bit is set for numbers from 0 on, then the digits; a negative number has all bits inverted.</summary>
    public static byte[] BigNumBytes(BigInteger number)
    {
        const int header = 3;
        const int maxLength = 0x7F_FFFF;
        var digits = BigInteger.Abs(number).ToByteArray(isUnsigned: true, isBigEndian: true);
        if (digits.Length > maxLength)
            throw new OverflowException("A number has too many digits for BIGNUM.");

        byte[] bytes = [(byte)(0x80 | (digits.Length >> 16)), (byte)(digits.Length >> 8), (byte)digits.Length, .. digits];
        for (var i = 0; number.Sign < 0 && i < header + digits.Length; i++)
            bytes[i] = (byte)~bytes[i];
        return bytes;
    }

    public static ArgumentException Mismatch(object value, LogicalType type) =>
        new($"A value of .NET's type {value.GetType().Name} is no {type}.", nameof(value));
}
