using System.Text.Unicode;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Takes the records of a block apart.</summary>
/// <param name="format">How they are written.</param>
/// <param name="malformed">Told of each record that is none: where it is, and why.</param>
internal sealed class CsvParser(CsvFormat format, Action<CsvBlock, CsvRecord, string> malformed)
{
    private readonly CsvMarks marks = new(format);
    private CsvBlock block = new(0);
    private int[] slots = [];
    private int fieldCount;
    private bool isUtf8;
    private int next;
    private int mark;
    private long line;

    /// <summary>Whether records are left.</summary>
    public bool HasMore => next < block.Length;

    /// <summary>Begins with a block.</summary>
    /// <param name="records">The block.</param>
    /// <param name="slotOf">For each field of a record the batch's column it goes to, or -1.</param>
    public void Begin(CsvBlock records, int[] slotOf)
    {
        block = records;
        slots = slotOf;
        fieldCount = slotOf.Length;
        (next, mark, line) = (records.Start, 0, records.Line);
        marks.Find(records.Data.AsSpan(0, records.Length), records.Start);
        isUtf8 = Utf8.IsValid(records.Records);
    }

    /// <summary>Adds records to a batch until it is full or none are left.</summary>
    public void Parse(CsvBatch batch)
    {
        var data = block.Data.AsSpan(0, block.Length);
        var positions = marks.Positions;
        while (HasMore && !batch.IsFull)
            Record(batch, data, positions);
    }

    private void Record(CsvBatch batch, ReadOnlySpan<byte> data, ReadOnlySpan<int> positions)
    {
        var record = new CsvRecord(next, data.Length, line);
        var field = 0;
        var start = next;
        string? reason = null;
        var content = default(CsvField);
        var isQuoted = false;
        while (mark < positions.Length)
        {
            var at = positions[mark++];
            var b = data[at];
            if (b == format.Quote)
            {
                if (at != start || isQuoted)
                    continue;
                isQuoted = true;
                if (Quoted(data, positions, at) is not { } quoted)
                {
                    reason = "a quote is not closed";
                    break;
                }
                content = quoted;
                var after = quoted.Start + quoted.Length + 1;
                if (after < data.Length && !format.Separates(data[after]))
                    reason ??= $"text stands behind the closing quote of field {field + 1}";
                continue;
            }
            Emit(batch, field++, isQuoted ? content : new CsvField(start, at - start, false, false));
            start = at + 1;
            isQuoted = false;
            if (b == format.Delimiter)
                continue;
            record = record with { End = at };
            EndLine(data, at);
            Finish(batch, record, field, reason, data);
            return;
        }
        // The last record of a file may have no line end.
        Emit(batch, field++, isQuoted ? content : new CsvField(start, data.Length - start, false, false));
        next = data.Length;
        Finish(batch, record, field, reason, data);
    }

    /// <summary>Finds the end of a quoted field; null when there is none.</summary>
    private CsvField? Quoted(ReadOnlySpan<byte> data, ReadOnlySpan<int> positions, int open)
    {
        var escapes = false;
        while (mark < positions.Length)
        {
            var at = positions[mark++];
            if (data[at] != format.Quote)
            {
                if (data[at] == CsvFormat.LineFeed || (data[at] == CsvFormat.CarriageReturn && !IsFeed(data, at + 1)))
                    line++;
            }
            else if (format.DoublesQuotes && at + 1 < data.Length && data[at + 1] == format.Quote)
            {
                escapes = true;
                mark++;
            }
            else if (format.DoublesQuotes || !format.IsEscaped(data, open + 1, at))
            {
                var hasEscapes = escapes || (!format.DoublesQuotes && data[(open + 1)..at].Contains(format.Escape));
                return new CsvField(open + 1, at - open - 1, true, hasEscapes);
            }
        }
        return null;
    }

    private void EndLine(ReadOnlySpan<byte> data, int at)
    {
        line++;
        next = at + 1;
        if (data[at] == CsvFormat.CarriageReturn && IsFeed(data, at + 1))
        {
            next++;
            mark++;
        }
    }

    private void Emit(CsvBatch batch, int field, CsvField content)
    {
        if (field < slots.Length && slots[field] is >= 0 and var slot)
            batch.Set(slot, content);
    }

    private void Finish(CsvBatch batch, CsvRecord record, int fields, string? reason, ReadOnlySpan<byte> data)
    {
        // An empty line between records of several fields is none; with a single field it is one that is null.
        if (record.End == record.Start && fieldCount > 1)
            return;
        if (fields != fieldCount)
            reason ??= $"{fields} field{(fields == 1 ? "" : "s")} where {fieldCount} {(fieldCount == 1 ? "is" : "are")} expected";
        if (!isUtf8 && !Utf8.IsValid(data[record.Start..record.End]))
            reason ??= CsvRejects.NotUtf8;
        if (reason is not null)
        {
            malformed(block, record, reason);
            return;
        }
        batch[batch.Count] = record;
        batch.Count++;
    }

    private static bool IsFeed(ReadOnlySpan<byte> data, int at) => at < data.Length && data[at] == CsvFormat.LineFeed;
}
