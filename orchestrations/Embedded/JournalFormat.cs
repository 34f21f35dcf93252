using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>
/// The bytes of a journal's segments. A segment begins with a header: magic and number. Records follow, each with a header of its own: length (its top bit says
/// that the record is the last one of its batch), CRC-32C of the rest of header and record, and the batch's number. A batch is written after the one before it
/// was flushed, which tells a tail that a crash has torn from damage: after a torn record there is none of a later batch.
/// </summary>
internal static class JournalFormat
{
    public const int SegmentHeader = 16;
    public const int RecordHeader = 16;

    private const ulong Magic = 0x0A314C4E524A4248;
    private const uint LastOfBatch = 0x8000_0000;

    public static string FileName(int segment) => $"{segment:D10}.journal";

    public static void WriteSegmentHeader(Span<byte> header, int segment)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], segment);
    }

    public static bool IsSegmentHeader(ReadOnlySpan<byte> header, int segment) =>
        header.Length >= SegmentHeader
        && BinaryPrimitives.ReadUInt64LittleEndian(header) == Magic
        && BinaryPrimitives.ReadInt64LittleEndian(header[8..]) == segment;

    public static void WriteLength(Span<byte> record, int length) => BinaryPrimitives.WriteInt32LittleEndian(record, length);

    /// <summary>The length that a header says, which is right only if <see cref="IsWhole"/>.</summary>
    public static int Length(ReadOnlySpan<byte> record) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(record) & ~LastOfBatch);

    public static bool IsLastOfBatch(ReadOnlySpan<byte> record) => (BinaryPrimitives.ReadUInt32LittleEndian(record) & LastOfBatch) != 0;

    public static long Batch(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[8..]);

    /// <summary>Completes the headers of a batch's records, which have their lengths already.</summary>
    public static void Seal(Span<byte> batch, long number)
    {
        while (batch.Length > 0)
        {
            var size = RecordHeader + Length(batch);
            if (size == batch.Length)
                BinaryPrimitives.WriteUInt32LittleEndian(batch, (uint)Length(batch) | LastOfBatch);
            BinaryPrimitives.WriteInt64LittleEndian(batch[8..], number);
            BinaryPrimitives.WriteUInt32LittleEndian(batch[4..], Checksum(batch[..size]));
            batch = batch[size..];
        }
    }

    /// <summary>Whether a record with its header stands at the beginning of these bytes, whole and unchanged.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordHeader)
            return false;
        var length = Length(bytes);
        return length > 0
            && length <= bytes.Length - RecordHeader
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Checksum(bytes[..(RecordHeader + length)]);
    }

    private static uint Checksum(ReadOnlySpan<byte> record)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(record));
        var rest = record[8..];
        var words = MemoryMarshal.Cast<byte, ulong>(rest);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var value in rest[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
