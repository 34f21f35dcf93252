namespace ServerlessHub.Engine;

/// <summary>Writes values given as objects into vectors.</summary>
internal static class ObjectWriter
{
    public static void Write(VectorWriter output, int row, object value)
    {
        var type = output.Type;
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                output.Span<bool>()[row] = ObjectValue.Boolean(value, type);
                break;
            case TypeKind.TinyInt:
                output.Span<sbyte>()[row] = ObjectValue.Integer<sbyte>(value, type);
                break;
            case TypeKind.UTinyInt:
                output.Span<byte>()[row] = ObjectValue.Integer<byte>(value, type);
                break;
            case TypeKind.SmallInt:
                output.Span<short>()[row] = ObjectValue.Integer<short>(value, type);
                break;
            case TypeKind.USmallInt:
                output.Span<ushort>()[row] = ObjectValue.Integer<ushort>(value, type);
                break;
            case TypeKind.Integer:
                output.Span<int>()[row] = ObjectValue.Integer<int>(value, type);
                break;
            case TypeKind.UInteger:
                output.Span<uint>()[row] = ObjectValue.Integer<uint>(value, type);
                break;
            case TypeKind.BigInt:
                output.Span<long>()[row] = ObjectValue.Integer<long>(value, type);
                break;
            case TypeKind.UBigInt:
                output.Span<ulong>()[row] = ObjectValue.Integer<ulong>(value, type);
                break;
            case TypeKind.HugeInt:
                output.Span<Int128>()[row] = ObjectValue.Integer<Int128>(value, type);
                break;
            case TypeKind.UHugeInt:
                output.Span<UInt128>()[row] = ObjectValue.Integer<UInt128>(value, type);
                break;
            case TypeKind.Float:
                output.Span<float>()[row] = ObjectValue.Float(value, type);
                break;
            case TypeKind.Double:
                output.Span<double>()[row] = ObjectValue.Double(value, type);
                break;
            case TypeKind.Decimal:
                WriteWhole(output, row, ObjectValue.Unscaled(value, type));
                break;
            case TypeKind.Varchar:
                output.SetText(row, ObjectValue.Text(value, type));
                break;
            case TypeKind.Blob or TypeKind.Geometry:
                output.SetBytes(row, ObjectValue.Bytes(value, type));
                break;
            case TypeKind.Bit:
                output.SetBytes(row, ObjectValue.Bits(value, type));
                break;
            case TypeKind.BigNum:
                output.SetBytes(row, ObjectValue.BigNumBytes(ObjectValue.BigNum(value, type)));
                break;
            case TypeKind.Uuid:
                output.Span<UInt128>()[row] = ObjectValue.Uuid(value, type) ^ ((UInt128)1 << 127);
                break;
            case TypeKind.Date:
                output.Span<int>()[row] = ObjectValue.Days(value, type);
                break;
            case TypeKind.Time:
                output.Span<long>()[row] = ObjectValue.TimeMicros(value, type);
                break;
            case TypeKind.TimeNs:
                output.Span<long>()[row] = ObjectValue.TimeNanos(value, type);
                break;
            case TypeKind.TimeTz:
                output.Span<ulong>()[row] = ObjectValue.TimeTzBits(value, type);
                break;
            case TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampS or TypeKind.TimestampMs or TypeKind.TimestampNs:
                output.Span<long>()[row] = ObjectValue.Timestamp(value, type);
                break;
            case TypeKind.Interval:
                output.Span<Interval>()[row] = ObjectValue.Interval(value, type);
                break;
            case TypeKind.Enum:
                WriteWhole(output, row, ObjectValue.EnumIndex(value, type));
                break;
            case TypeKind.List or TypeKind.Array:
                WriteList(output, row, value);
                break;
            case TypeKind.Struct:
                WriteStruct(output, row, value);
                break;
            case TypeKind.Map:
                WriteMap(output, row, value);
                break;
            default:
                throw new ArgumentException($"A value of type {type} cannot be written from an object.", nameof(value));
        }
    }

    /// <summary>Writes a whole number in as many bytes as the vector has for it.</summary>
    private static void WriteWhole(VectorWriter output, int row, Int128 whole)
    {
        switch (PhysicalSize.Of(output.Type))
        {
            case 1:
                output.Span<byte>()[row] = (byte)whole;
                break;
            case 2:
                output.Span<short>()[row] = (short)whole;
                break;
            case 4:
                output.Span<int>()[row] = (int)whole;
                break;
            case 8:
                output.Span<long>()[row] = (long)whole;
                break;
            default:
                output.Span<Int128>()[row] = whole;
                break;
        }
    }

    private static void WriteList(VectorWriter output, int row, object value)
    {
        var items = ObjectValue.Items(value, output.Type);
        var first = output.Type.Kind == TypeKind.Array ? row * output.Type.ArraySize : output.AddEntries(items.Count);
        var child = output.Child(0);
        for (var i = 0; i < items.Count; i++)
            child.SetValue(first + i, items[i]);
        if (output.Type.Kind == TypeKind.List)
            output.SetEntries(row, first..(first + items.Count));
    }

    private static void WriteStruct(VectorWriter output, int row, object value)
    {
        var fields = ObjectValue.Fields(value, output.Type);
        for (var i = 0; i < fields.Length; i++)
            output.Child(i).SetValue(row, fields[i]);
    }

    private static void WriteMap(VectorWriter output, int row, object value)
    {
        var entries = ObjectValue.Entries(value, output.Type);
        var first = output.AddEntries(entries.Count);
        var keys = output.Child(0);
        var values = output.Child(1);
        for (var i = 0; i < entries.Count; i++)
        {
            keys.SetValue(first + i, entries[i].Key);
            values.SetValue(first + i, entries[i].Value);
        }
        output.SetEntries(row, first..(first + entries.Count));
    }
}
