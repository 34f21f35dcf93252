using System.Text;
using Npgsql;
using NpgsqlTypes;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>Rows into PostgreSQL by binary COPY. Values go from the engine's vectors to the wire by their type, without a box or a string each.</summary>
internal sealed class PostgresCopy(NpgsqlConnection connection, string copy, IReadOnlyList<TableColumn> columns)
{
    // Days and microseconds between DuckDB's epoch, 1970, and PostgreSQL's, 2000.
    private const int EpochDays = 10_957;
    private const long EpochMicros = EpochDays * TimeSpan.MicrosecondsPerDay;

    private readonly Values[] values = [.. columns.Select(Of)];

    /// <summary>Writes all rows, so many a COPY, and gives their number.</summary>
    public long Write(QueryResult rows, int? batchSize)
    {
        var total = 0L;
        var room = 0;
        NpgsqlBinaryImporter? importer = null;
        try
        {
            while (rows.MoveNextChunk())
            {
                for (var i = 0; i < values.Length; i++)
                    values[i].Take(rows.Chunk!.Column(i));
                for (var row = 0; row < rows.Chunk!.Length; row++)
                {
                    if (room == 0)
                    {
                        Complete(ref importer);
                        importer = connection.BeginBinaryImport(copy);
                        room = batchSize ?? int.MaxValue;
                    }
                    importer!.StartRow();
                    foreach (var value in values)
                        value.Write(importer, row);
                    room--;
                }
                total += rows.Chunk!.Length;
            }
            Complete(ref importer);
            return total;
        }
        finally
        {
            importer?.Dispose();
        }
    }

    private static void Complete(ref NpgsqlBinaryImporter? importer)
    {
        importer?.Complete();
        importer?.Dispose();
        importer = null;
    }

    private static Values Of(TableColumn column) =>
        column.Type!.Kind switch
        {
            TypeKind.Boolean => new Fixed<bool>(NpgsqlDbType.Boolean),
            TypeKind.SmallInt => new Fixed<short>(NpgsqlDbType.Smallint),
            TypeKind.Integer => new Fixed<int>(NpgsqlDbType.Integer),
            TypeKind.BigInt => new Fixed<long>(NpgsqlDbType.Bigint),
            TypeKind.Float => new Fixed<float>(NpgsqlDbType.Real),
            TypeKind.Double => new Fixed<double>(NpgsqlDbType.Double),
            TypeKind.Decimal => new Converted<decimal>(NpgsqlDbType.Numeric, static (in VectorReader v, int row) => v.Decimal(row)),
            TypeKind.Uuid => new Converted<Guid>(NpgsqlDbType.Uuid, static (in VectorReader v, int row) => v.Uuid(row)),
            // Infinity is the greatest number and minus infinity the least but one here, the least there.
            TypeKind.Date => new Converted<int>(
                NpgsqlDbType.Date,
                static (in VectorReader v, int row) =>
                    v.Span<int>()[row] switch
                    {
                        int.MaxValue => int.MaxValue,
                        -int.MaxValue => int.MinValue,
                        var days => checked(days - EpochDays),
                    }
            ),
            TypeKind.Time => new Fixed<long>(NpgsqlDbType.Time),
            TypeKind.Timestamp => new Converted<long>(NpgsqlDbType.Timestamp, Micros),
            TypeKind.TimestampTz => new Converted<long>(NpgsqlDbType.TimestampTz, Micros),
            TypeKind.Blob => new Bytes(NpgsqlDbType.Bytea),
            _ => column.DataType switch
            {
                "json" => new Text(NpgsqlDbType.Json),
                "jsonb" => new Text(NpgsqlDbType.Jsonb),
                "xml" => new Text(NpgsqlDbType.Xml),
                "citext" => new Text(NpgsqlDbType.Citext),
                _ => new Bytes(NpgsqlDbType.Text),
            },
        };

    private static long Micros(in VectorReader values, int row) =>
        values.Span<long>()[row] switch
        {
            long.MaxValue => long.MaxValue,
            -long.MaxValue => long.MinValue,
            var micros => checked(micros - EpochMicros),
        };

    /// <summary>One column's values of one chunk: taken from the engine column by column, sent row by row.</summary>
    private abstract class Values
    {
        private readonly bool[] isNull = new bool[Appender.Capacity];

        public void Take(in VectorReader column)
        {
            for (var row = 0; row < column.Length; row++)
                isNull[row] = column.IsNull(row);
            TakeValues(column, isNull);
        }

        public void Write(NpgsqlBinaryImporter importer, int row)
        {
            if (isNull[row])
                importer.WriteNull();
            else
                WriteValue(importer, row);
        }

        protected abstract void TakeValues(in VectorReader column, ReadOnlySpan<bool> isNull);

        protected abstract void WriteValue(NpgsqlBinaryImporter importer, int row);
    }

    private sealed class Fixed<T>(NpgsqlDbType type) : Values
        where T : unmanaged
    {
        private readonly T[] values = new T[Appender.Capacity];

        protected override void TakeValues(in VectorReader column, ReadOnlySpan<bool> isNull) => column.Span<T>().CopyTo(values);

        protected override void WriteValue(NpgsqlBinaryImporter importer, int row) => importer.Write(values[row], type);
    }

    private delegate T Convert<T>(in VectorReader values, int row);

    private sealed class Converted<T>(NpgsqlDbType type, Convert<T> convert) : Values
    {
        private readonly T[] values = new T[Appender.Capacity];

        protected override void TakeValues(in VectorReader column, ReadOnlySpan<bool> isNull)
        {
            for (var row = 0; row < column.Length; row++)
                if (!isNull[row])
                    values[row] = convert(column, row);
        }

        protected override void WriteValue(NpgsqlBinaryImporter importer, int row) => importer.Write(values[row], type);
    }

    private class Bytes(NpgsqlDbType type) : Values
    {
        private readonly int[] ends = new int[Appender.Capacity + 1];
        private byte[] bytes = new byte[64 * 1024];

        protected NpgsqlDbType Type => type;

        protected override void TakeValues(in VectorReader column, ReadOnlySpan<bool> isNull)
        {
            for (var row = 0; row < column.Length; row++)
            {
                var value = column.Bytes(row);
                ends[row + 1] = checked(ends[row] + value.Length);
                if (ends[row + 1] > bytes.Length)
                    Array.Resize(ref bytes, Math.Max(ends[row + 1], (int)Math.Min(Array.MaxLength, 2L * bytes.Length)));
                value.CopyTo(bytes.AsSpan(ends[row]));
            }
        }

        protected override void WriteValue(NpgsqlBinaryImporter importer, int row) => importer.Write(Value(row), type);

        protected ReadOnlyMemory<byte> Value(int row) => bytes.AsMemory(ends[row]..ends[row + 1]);
    }

    /// <summary>Texts of types that the driver takes as strings only.</summary>
    private sealed class Text(NpgsqlDbType type) : Bytes(type)
    {
        protected override void WriteValue(NpgsqlBinaryImporter importer, int row) =>
            importer.Write(Encoding.UTF8.GetString(Value(row).Span), Type);
    }
}
