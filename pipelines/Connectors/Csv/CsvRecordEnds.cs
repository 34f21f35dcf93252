namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>
/// Finds where records end, in bytes that come piece by piece: a line end within quotes ends none. A quote begins a quoted field where a field
/// begins, and is data elsewhere.
/// </summary>
internal struct CsvRecordEnds(CsvFormat format)
{
    private int begin;
    private int position;
    private int content;
    private bool inQuotes;

    /// <summary>Whether the bytes so far end within quotes.</summary>
    public readonly bool InQuotes => inQuotes;

    /// <summary>Begins anew, at the start of a record.</summary>
    public void Reset(int at)
    {
        begin = position = at;
        inQuotes = false;
    }

    /// <summary>Looks at the bytes that have come since.</summary>
    /// <param name="data">All bytes since the start of a record, those of earlier calls among them.</param>
    /// <param name="isAll">Whether no more will come.</param>
    /// <param name="isFirstEnough">Whether the first end will do; otherwise the last one is found.</param>
    /// <returns>Behind the line end of the first or last record that ends in the new bytes; -1 when none does.</returns>
    public int Find(ReadOnlySpan<byte> data, bool isAll, bool isFirstEnough = false)
    {
        var end = -1;
        while (position < data.Length)
        {
            if (inQuotes)
            {
                if (!SkipQuoted(data, isAll))
                    return end;
                continue;
            }
            var quote = data[position..].IndexOf(format.Quote);
            var outside = data.Slice(position, quote < 0 ? data.Length - position : quote);
            if (LineEnd(outside, isFirstEnough, isAll || quote >= 0) is >= 0 and var found)
            {
                end = position + found;
                if (isFirstEnough)
                    return end < data.Length && data[end - 1] == CsvFormat.CarriageReturn && data[end] == CsvFormat.LineFeed
                        ? end + 1
                        : end;
            }
            if (quote < 0)
            {
                // A carriage return at the very end may be half of a line end.
                position = !isAll && data[^1] == CsvFormat.CarriageReturn ? data.Length - 1 : data.Length;
                return end;
            }
            position += quote;
            inQuotes = position == begin || format.Separates(data[position - 1]);
            content = ++position;
        }
        return end;
    }

    private bool SkipQuoted(ReadOnlySpan<byte> data, bool isAll)
    {
        var found = data[position..].IndexOf(format.Quote);
        if (found < 0)
        {
            position = data.Length;
            return false;
        }
        var quote = position + found;
        if (format.DoublesQuotes && quote + 1 == data.Length && !isAll)
        {
            // Whether it is one of two is seen with the next byte.
            position = quote;
            return false;
        }
        if (format.DoublesQuotes && quote + 1 < data.Length && data[quote + 1] == format.Quote)
            position = quote + 2;
        else
        {
            inQuotes = !format.DoublesQuotes && format.IsEscaped(data, content, quote);
            position = quote + 1;
        }
        return true;
    }

    private static int LineEnd(ReadOnlySpan<byte> outside, bool first, bool isWhole)
    {
        var at = first
            ? outside.IndexOfAny(CsvFormat.LineFeed, CsvFormat.CarriageReturn)
            : outside.LastIndexOfAny(CsvFormat.LineFeed, CsvFormat.CarriageReturn);
        if (at < 0 || isWhole || at < outside.Length - 1 || outside[at] == CsvFormat.LineFeed)
            return at < 0 ? -1 : at + 1;
        return first ? -1 : LineEnd(outside[..at], first, isWhole: true);
    }
}
