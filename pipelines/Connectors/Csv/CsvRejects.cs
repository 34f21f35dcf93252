using System.Text;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>What happens to records that cannot be read.</summary>
internal enum OnBadRow
{
    /// <summary>The run fails.</summary>
    Fail,

    /// <summary>They are counted.</summary>
    Skip,

    /// <summary>They are kept with the reason.</summary>
    Quarantine,
}

/// <summary>
/// Takes the records that cannot be read: fails, counts them, or keeps them in a file of the run. A source that is scanned twice meets them twice;
/// the same one counts once.
/// </summary>
internal sealed class CsvRejects(OnBadRow onBadRow, string file) : IDisposable
{
    private const int LongestText = 1 << 16;
    private const int LongestValue = 80;

    private readonly Lock gate = new();
    private readonly HashSet<(int File, long Line)> seen = [];
    private StreamWriter? writer;

    /// <summary>The reason that a record's bytes are no text.</summary>
    public const string NotUtf8 = "its bytes are not UTF-8";

    /// <summary>How many records could not be read.</summary>
    public long Count => seen.Count;

    /// <summary>Takes a record.</summary>
    /// <param name="name">The file it is in.</param>
    /// <param name="block">Its block.</param>
    /// <param name="record">Where it is.</param>
    /// <param name="reason">Why it cannot be read.</param>
    /// <exception cref="RunException">Bad records are to fail the run.</exception>
    public void Take(string name, CsvBlock block, CsvRecord record, string reason)
    {
        if (onBadRow == OnBadRow.Fail)
            throw new RunException(
                $"{name}:{record.Line}: {reason}",
                reason == NotUtf8
                    ? "name the encoding that the file has, such as encoding=\"latin1\", or set onBadRow to skip or quarantine"
                    : "correct the file, or set onBadRow to skip or quarantine"
            );
        lock (gate)
        {
            if (!seen.Add((block.File, record.Line)) || onBadRow == OnBadRow.Skip)
                return;
            var text = block.Data.AsSpan(record.Start, Math.Min(record.End - record.Start, LongestText));
            writer ??= new StreamWriter(file, append: false, new UTF8Encoding(false));
            // A text of bytes that are no UTF-8 can only be kept with marks in their place.
            writer.Write(
                $"{Quoted(name)},{record.Line},{Quoted(Encoding.UTF8.GetString(text).Replace("\0", "\uFFFD", StringComparison.Ordinal))},{Quoted(reason)}\n"
            );
        }
    }

    /// <summary>The reason that a field is no value of its column's type.</summary>
    public static string Unfit(string column, LogicalType type, ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, LongestValue)]);
        return $"column '{column}' holds '{text}{(value.Length > LongestValue ? "…" : "")}', which is no {type}";
    }

    /// <summary>The query that gives what was kept: <c>file, line, text, reason</c>; null when nothing was.</summary>
    public string? Finish()
    {
        lock (gate)
        {
            writer?.Flush();
            var columns = "columns = {'file': 'VARCHAR', 'line': 'BIGINT', 'text': 'VARCHAR', 'reason': 'VARCHAR'}";
            var read = $"read_csv({Sql.Literal(file)}, auto_detect = false, header = false, {columns}, quote = '\"', escape = '\"')";
            return writer is null ? null : $"SELECT file, line, text, reason FROM {read}";
        }
    }

    public void Dispose() => writer?.Dispose();

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
