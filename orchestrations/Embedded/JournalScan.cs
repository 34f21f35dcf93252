namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Reads a journal from its beginning, and finds where it ends.</summary>
/// <param name="disk">Where its segments are.</param>
internal sealed class JournalScan(JournalDisk disk)
{
    private bool _isLastOfBatch = true;

    /// <summary>Where the next record belongs, when all have been read.</summary>
    public Position End { get; private set; }

    /// <summary>The number of the last batch.</summary>
    public long Batch { get; private set; }

    /// <summary>The sizes of the segments' files.</summary>
    public Dictionary<int, long> Sizes { get; } = [];

    /// <summary>The records in order, each without its header; what is given is valid until the next one.</summary>
    /// <exception cref="InvalidDataException">The journal is damaged before its end.</exception>
    public IEnumerable<(Position Position, ReadOnlyMemory<byte> Record)> Read()
    {
        var segments = disk.Segments();
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            if (i > 0 && segment != segments[i - 1] + 1)
                throw new InvalidDataException($"'{disk.PathOf(segments[i - 1] + 1)}' is missing: records of orchestrations are lost.");
            var bytes = File.ReadAllBytes(disk.PathOf(segment));
            var isLast = i == segments.Count - 1;
            if (!JournalFormat.IsSegmentHeader(bytes, segment))
            {
                // A crash came between making the file and flushing its header, so nothing was written after it.
                if (!isLast || bytes.Length > JournalFormat.SegmentHeader)
                    throw Damaged(segment, 0);
                disk.Delete(segment);
                break;
            }
            long offset = JournalFormat.SegmentHeader;
            while (offset < bytes.Length && JournalFormat.IsWhole(bytes.AsSpan((int)offset)))
            {
                var header = bytes.AsMemory((int)offset);
                var length = JournalFormat.Length(header.Span);
                (Batch, _isLastOfBatch) = (JournalFormat.Batch(header.Span), JournalFormat.IsLastOfBatch(header.Span));
                yield return (new Position(segment, offset), header.Slice(JournalFormat.RecordHeader, length));
                offset += JournalFormat.RecordHeader + length;
            }
            if (offset < bytes.Length && (!isLast || HasLaterBatch(bytes.AsSpan((int)offset))))
                throw Damaged(segment, offset);
            Sizes[segment] = offset;
            End = new Position(segment, offset);
        }
    }

    /// <summary>Whether a record follows that can have been written only after the one that is not whole was flushed.</summary>
    private bool HasLaterBatch(ReadOnlySpan<byte> rest)
    {
        var least = Batch + (_isLastOfBatch ? 2 : 1);
        for (var offset = 1; offset < rest.Length - JournalFormat.RecordHeader; offset++)
        {
            var batch = JournalFormat.Batch(rest[offset..]);
            if (batch >= least && batch <= least + rest.Length && JournalFormat.IsWhole(rest[offset..]))
                return true;
        }
        return false;
    }

    private InvalidDataException Damaged(int segment, long offset) =>
        new(
            $"'{disk.PathOf(segment)}' is damaged at offset {offset}: a record there is not what was written, and others follow it. "
                + "Restore the file from a copy of the folder."
        );
}
