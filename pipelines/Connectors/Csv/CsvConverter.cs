using System.Runtime.Intrinsics;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Turns the fields of one column into values of its type.</summary>
internal abstract class CsvConverter
{
    /// <summary>Converts all fields of a column.</summary>
    /// <param name="data">The bytes of the block.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="output">Takes the values; nothing in it is null.</param>
    /// <param name="failed">Takes the rows whose field is no value of the type.</param>
    public abstract void Convert(
        ReadOnlySpan<byte> data,
        ReadOnlySpan<CsvField> fields,
        CsvFormat format,
        VectorWriter output,
        ICollection<int> failed
    );

    /// <summary>As <see cref="Convert"/>, without giving the values.</summary>
    public void Check(ReadOnlySpan<byte> data, ReadOnlySpan<CsvField> fields, CsvFormat format, ICollection<int> failed)
    {
        for (var row = 0; row < fields.Length; row++)
        {
            var field = fields[row];
            var text = data.Slice(field.Start, field.Length);
            if (text.IsEmpty || (format.Null is not null && !field.IsQuoted && text.SequenceEqual(format.Null)))
                continue;
            if (!Accepts(field.HasEscapes ? Plain(text, format) : text))
                failed.Add(row);
        }
    }

    /// <summary>The value of a field with escapes.</summary>
    protected static byte[] Plain(ReadOnlySpan<byte> text, CsvFormat format)
    {
        var plain = new byte[text.Length];
        return plain[..format.Unescape(text, plain)];
    }

    /// <summary>Whether a text is a value of the type.</summary>
    public abstract bool Accepts(ReadOnlySpan<byte> text);

    /// <summary>The converter for a type, or null when fields cannot be of it.</summary>
    public static CsvConverter? For(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Varchar => new CsvTextConverter(),
            TypeKind.Boolean => new CsvValueConverter<bool, CsvBoolean>(default),
            TypeKind.TinyInt => new CsvValueConverter<sbyte, CsvInteger<sbyte>>(default),
            TypeKind.SmallInt => new CsvValueConverter<short, CsvInteger<short>>(default),
            TypeKind.Integer => new CsvValueConverter<int, CsvInteger<int>>(default),
            TypeKind.BigInt => new CsvValueConverter<long, CsvInteger<long>>(default),
            TypeKind.HugeInt => new CsvValueConverter<Int128, CsvInteger<Int128>>(default),
            TypeKind.UTinyInt => new CsvValueConverter<byte, CsvInteger<byte>>(default),
            TypeKind.USmallInt => new CsvValueConverter<ushort, CsvInteger<ushort>>(default),
            TypeKind.UInteger => new CsvValueConverter<uint, CsvInteger<uint>>(default),
            TypeKind.UBigInt => new CsvValueConverter<ulong, CsvInteger<ulong>>(default),
            TypeKind.Float => new CsvValueConverter<float, CsvFloat<float>>(default),
            TypeKind.Double => new CsvValueConverter<double, CsvFloat<double>>(default),
            TypeKind.Decimal => type.Width switch
            {
                <= 4 => new CsvValueConverter<short, CsvDecimal<short>>(new(type)),
                <= 9 => new CsvValueConverter<int, CsvDecimal<int>>(new(type)),
                <= 18 => new CsvValueConverter<long, CsvDecimal<long>>(new(type)),
                _ => new CsvValueConverter<Int128, CsvDecimal<Int128>>(new(type)),
            },
            TypeKind.Date => new CsvValueConverter<int, CsvDate>(default),
            TypeKind.Time => new CsvValueConverter<long, CsvTime>(default),
            TypeKind.TimestampTz => new CsvValueConverter<long, CsvTimestamp>(new(hasZone: true, ticksPerSecond: 1_000_000)),
            TypeKind.Timestamp => new CsvValueConverter<long, CsvTimestamp>(new(hasZone: false, ticksPerSecond: 1_000_000)),
            TypeKind.TimestampS => new CsvValueConverter<long, CsvTimestamp>(new(hasZone: false, ticksPerSecond: 1)),
            TypeKind.TimestampMs => new CsvValueConverter<long, CsvTimestamp>(new(hasZone: false, ticksPerSecond: 1_000)),
            TypeKind.TimestampNs => new CsvValueConverter<long, CsvTimestamp>(new(hasZone: false, ticksPerSecond: 1_000_000_000)),
            TypeKind.Uuid => new CsvValueConverter<Int128, CsvUuid>(default),
            TypeKind.Blob => new CsvBlobConverter(),
            _ => null,
        };
}

/// <summary>Reads one value of a fixed size.</summary>
internal interface ICsvValue<T>
{
    /// <summary>Reads a text that is not empty.</summary>
    bool TryRead(ReadOnlySpan<byte> text, out T value);
}

/// <summary>Converts to a type of a fixed size.</summary>
internal sealed class CsvValueConverter<T, TValue>(TValue reader) : CsvConverter
    where T : unmanaged
    where TValue : struct, ICsvValue<T>
{
    public override bool Accepts(ReadOnlySpan<byte> text) => Trim(text) is { IsEmpty: false } trimmed && reader.TryRead(trimmed, out _);

    public override void Convert(
        ReadOnlySpan<byte> data,
        ReadOnlySpan<CsvField> fields,
        CsvFormat format,
        VectorWriter output,
        ICollection<int> failed
    )
    {
        var values = output.Span<T>();
        var nothing = format.Null;
        for (var row = 0; row < fields.Length; row++)
        {
            var field = fields[row];
            var text = data.Slice(field.Start, field.Length);
            if (text.IsEmpty || (nothing is not null && !field.IsQuoted && text.SequenceEqual(nothing)))
                output.SetNull(row);
            else if ((field.HasEscapes || !reader.TryRead(text, out values[row])) && !TryReadOther(field, text, format, out values[row]))
                failed.Add(row);
        }
    }

    /// <summary>Spaces around a number or a time are no part of it; and a quoted one may hold escapes, for no good reason.</summary>
    private bool TryReadOther(CsvField field, ReadOnlySpan<byte> text, CsvFormat format, out T value)
    {
        if (field.HasEscapes)
            text = Plain(text, format);
        var trimmed = Trim(text);
        value = default;
        return !trimmed.IsEmpty && (field.HasEscapes || trimmed.Length < text.Length) && reader.TryRead(trimmed, out value);
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim((byte)' ');
}

/// <summary>Takes texts as they are; an empty one is null unless it stood in quotes.</summary>
internal sealed class CsvTextConverter : CsvConverter
{
    private const int LeastRoom = 1 << 14;
    private readonly int[] ends = new int[ChunkWriter.Capacity];
    private byte[] texts = [];

    public override bool Accepts(ReadOnlySpan<byte> text) => true;

    public override void Convert(
        ReadOnlySpan<byte> data,
        ReadOnlySpan<CsvField> fields,
        CsvFormat format,
        VectorWriter output,
        ICollection<int> failed
    )
    {
        var nothing = format.Null;
        var length = 0;
        for (var row = 0; row < fields.Length; row++)
        {
            var field = fields[row];
            var text = data.Slice(field.Start, field.Length);
            if (texts.Length < length + text.Length + Vector256<byte>.Count)
                Array.Resize(ref texts, Math.Max(2 * texts.Length, length + text.Length + LeastRoom));
            if (field.IsEmpty || (nothing is not null && !field.IsQuoted && text.SequenceEqual(nothing)))
                output.SetNull(row);
            else if (field.HasEscapes)
                length += format.Unescape(text, texts.AsSpan(length));
            else
                length += Copy(data, field, texts.AsSpan(length));
            ends[row] = length;
        }
        output.SetCheckedTexts(texts.AsSpan(0, length), ends.AsSpan(0, fields.Length));
    }

    /// <summary>Copies a field; a short one with as many bytes behind it as fill a register, since that takes one step.</summary>
    private static int Copy(ReadOnlySpan<byte> data, CsvField field, Span<byte> to)
    {
        if (field.Length <= Vector256<byte>.Count && field.Start <= data.Length - Vector256<byte>.Count)
            Vector256.Create(data.Slice(field.Start, Vector256<byte>.Count)).CopyTo(to);
        else
            data.Slice(field.Start, field.Length).CopyTo(to);
        return field.Length;
    }
}

/// <summary>Reads bytes in the engine's own text form: ASCII characters for themselves, <c>\xHH</c> for any byte.</summary>
internal sealed class CsvBlobConverter : CsvConverter
{
    public override bool Accepts(ReadOnlySpan<byte> text) => Read(text) is not null;

    public override void Convert(
        ReadOnlySpan<byte> data,
        ReadOnlySpan<CsvField> fields,
        CsvFormat format,
        VectorWriter output,
        ICollection<int> failed
    )
    {
        for (var row = 0; row < fields.Length; row++)
        {
            var field = fields[row];
            var text = data.Slice(field.Start, field.Length);
            if (text.IsEmpty || (format.Null is not null && !field.IsQuoted && text.SequenceEqual(format.Null)))
                output.SetNull(row);
            else if (Read(field.HasEscapes ? Plain(text, format) : text) is { } bytes)
                output.SetBytes(row, bytes);
            else
                failed.Add(row);
        }
    }

    private static byte[]? Read(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] >= 0x80)
                return null;
            if (text[i] != '\\')
                bytes[length++] = text[i];
            else if (
                i + 3 < text.Length
                && text[i + 1] == 'x'
                && System.Convert.FromHexString(text.Slice(i + 2, 2), bytes.AsSpan(length, 1), out _, out _)
                    == System.Buffers.OperationStatus.Done
            )
            {
                length++;
                i += 3;
            }
            else
                return null;
        }
        return bytes[..length];
    }
}
