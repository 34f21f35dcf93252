using System.Text;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>The beginning of a file: the names of its columns, and enough of its records to tell their types.</summary>
internal sealed class CsvSample
{
    private readonly CsvFormat format;
    private readonly CsvBlock block;

    private CsvSample(SourceFile file, CsvFormat format, CsvBlock block, IReadOnlyList<string> names)
    {
        File = file;
        this.format = format;
        this.block = block;
        Names = names;
    }

    /// <summary>The file.</summary>
    public SourceFile File { get; }

    /// <summary>The names of its fields, by its header; <c>column0</c> and so on where it has none, or no name for one.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the beginning of a file; null when it is empty.</summary>
    /// <exception cref="RunException">It cannot be read.</exception>
    public static CsvSample? Read(SourceFile file, CsvFormat format, CsvInput input)
    {
        using var blocks = new CsvBlocks([file], format with { HasHeader = false }, input);
        var block = CsvBlock.For(file.Length);
        if (!blocks.Next(block))
            return null;
        var ends = new CsvRecordEnds(format);
        ends.Reset(block.Start);
        var end = ends.Find(block.Data.AsSpan(0, block.Length), isAll: true, isFirstEnough: true);
        var first = block.Data.AsSpan(block.Start, (end < 0 ? block.Length : end) - block.Start);
        var fields = Split(first.TrimEnd("\r\n"u8), format);
        if (format.HasHeader)
            block.Start += first.Length;
        return new CsvSample(
            file,
            format,
            block,
            [.. fields.Select((name, i) => format.HasHeader && name.Length > 0 ? name : $"column{i}")]
        );
    }

    /// <summary>Shows values of fields to whoever tells their types, until there are enough or no more.</summary>
    /// <param name="types">For each field who is shown its values; null for nobody.</param>
    /// <param name="records">How many records are enough.</param>
    public void Show(IReadOnlyList<CsvTypes?> types, int records)
    {
        var parser = new CsvParser(format, (_, _, _) => { });
        var batch = new CsvBatch(types.Count);
        var data = block.Data.AsSpan(0, block.Length);
        parser.Begin(block, [.. Enumerable.Range(0, types.Count)]);
        for (var shown = 0; shown < records && parser.HasMore; shown += batch.Count)
        {
            batch.Count = 0;
            parser.Parse(batch);
            for (var i = 0; i < types.Count; i++)
                if (types[i] is { } type)
                    foreach (var field in batch.Column(i))
                        type.Show(data.Slice(field.Start, field.Length), field, format);
        }
    }

    private static List<string> Split(ReadOnlySpan<byte> record, CsvFormat format)
    {
        var fields = new List<string>();
        var plain = new byte[record.Length];
        for (var at = 0; at <= record.Length; )
        {
            var isQuoted = at < record.Length && record[at] == format.Quote;
            var start = isQuoted ? at + 1 : at;
            var end = isQuoted ? Close(record, start, format) : at;
            var delimiter = record[end..].IndexOf(format.Delimiter);
            var next = delimiter < 0 ? record.Length : end + delimiter;
            var content = record[start..(isQuoted ? end : next)];
            fields.Add(Encoding.UTF8.GetString(isQuoted ? plain.AsSpan(0, format.Unescape(content, plain)) : content));
            at = next + 1;
        }
        return fields;
    }

    private static int Close(ReadOnlySpan<byte> record, int start, CsvFormat format)
    {
        for (var at = start; at < record.Length; at++)
        {
            if (record[at] != format.Quote)
                continue;
            if (format.DoublesQuotes && at + 1 < record.Length && record[at + 1] == format.Quote)
                at++;
            else if (format.DoublesQuotes || !format.IsEscaped(record, start, at))
                return at;
        }
        return record.Length;
    }
}
