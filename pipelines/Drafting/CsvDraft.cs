using System.Globalization;
using System.IO.Compression;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Looks at a CSV file.</summary>
internal static class CsvDraft
{
    // Enough to tell how it is written; and all that types and keys are judged by.
    private const int SniffedBytes = 1 << 20;
    private const int SampleBytes = 64 << 20;

    /// <summary>Looks at the beginning of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">The path the draft gives.</param>
    /// <param name="connection">The engine that holds the sample.</param>
    /// <param name="workFolder">A folder for the sample as text.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RunException">There is not one line in it, or it cannot be read.</exception>
    public static DraftSource Look(SourceFile file, string path, Connection connection, string workFolder, CancellationToken cancellation)
    {
        var (bytes, isWhole) = Beginning(file);
        var encoding = EncodingSniffer.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, SniffedBytes)));
        var text = EncodingSniffer.Decode(bytes, encoding.Value);
        if (CsvSniffer.Sniff(text[..Math.Min(text.Length, SniffedBytes)], isWhole && text.Length <= SniffedBytes) is not { } dialect)
            throw new RunException($"'{file.Name}' is empty", "a draft needs at least a line to look at");
        var broken = Load(text, isWhole, dialect, connection, workFolder, cancellation);
        var profiler = new ColumnProfiler(connection, SampleTable.Name);
        var marker = profiler.NullMarker(dialect.Columns);
        if (marker is not null)
            MakeNull(connection, dialect.Columns, marker);
        var columns = dialect.Columns.Select(profiler.Text).ToList();
        var notes = new List<string>();
        if (!isWhole)
            notes.Add($"only the first {SampleBytes >> 20} MB of '{file.Name}' were looked at");
        if (broken > 0)
            notes.Add($"{broken} lines have another number of fields than the others, so bad rows go to quarantine");
        return new DraftSource(
            Element(path, dialect, encoding.Value, marker, broken > 0),
            "",
            columns,
            SampleTable.Rows(connection),
            true,
            Guesses(dialect, encoding, marker),
            notes
        );
    }

    private static string Element(string path, CsvDialect dialect, string encoding, string? marker, bool hasBroken)
    {
        var element = new StringBuilder($"csv path={XmlText.Attribute(path)}");
        if (!dialect.Header.Value)
            element.Append(" header=\"false\"");
        if (dialect.Delimiter.Value != ',')
            element.Append($" delimiter={XmlText.Attribute(Name(dialect.Delimiter.Value))}");
        if (dialect.Quote.Value != '"')
            element.Append($" quote={XmlText.Attribute(dialect.Quote.Value.ToString())}");
        if (encoding != "UTF-8")
            element.Append($" encoding={XmlText.Attribute(encoding)}");
        if (marker is not null)
            element.Append($" nullValue={XmlText.Attribute(marker)}");
        if (hasBroken)
            element.Append(" onBadRow=\"quarantine\"");
        return element.ToString();
    }

    private static List<DraftGuess> Guesses(CsvDialect dialect, Guess<string> encoding, string? marker)
    {
        List<DraftGuess> guesses =
        [
            new("encoding", encoding.Value, encoding.Confidence, encoding.Reason),
            new("delimiter", Name(dialect.Delimiter.Value), dialect.Delimiter.Confidence, dialect.Delimiter.Reason),
            new("quote", dialect.Quote.Value.ToString(), dialect.Quote.Confidence, dialect.Quote.Reason),
            new("header", dialect.Header.Value ? "true" : "false", dialect.Header.Confidence, dialect.Header.Reason),
        ];
        if (marker is not null)
            guesses.Add(new("nullValue", marker, 0.9, "it stands where a value would"));
        return guesses;
    }

    /// <summary>Loads the sample as text, without the lines that do not fit; their number is the result.</summary>
    private static long Load(
        string text,
        bool isWhole,
        CsvDialect dialect,
        Connection connection,
        string workFolder,
        CancellationToken cancellation
    )
    {
        var file = Path.Combine(workFolder, "sample.csv");
        // A line that the sample cuts off would look broken.
        File.WriteAllText(file, isWhole ? text : text[..(text.LastIndexOf('\n') + 1)]);
        var columns = string.Join(", ", dialect.Columns.Select(c => $"{Sql.Literal(c)}: 'VARCHAR'"));
        SampleTable.Fill(
            connection,
            $"""
            read_csv({Sql.Literal(file)}, columns = {'{'}{columns}{'}'}, header = {(dialect.Header.Value ? "true" : "false")},
                delim = {Sql.Literal(dialect.Delimiter.Value.ToString())}, quote = {Sql.Literal(dialect.Quote.Value.ToString())},
                escape = {Sql.Literal(dialect.Quote.Value.ToString())}, auto_detect = false, nullstr = '', store_rejects = true)
            """,
            cancellation
        );
        File.Delete(file);
        using var result = connection.Query("SELECT count(DISTINCT line) FROM reject_errors", cancellation);
        return result.Scalar<long>();
    }

    private static void MakeNull(Connection connection, IEnumerable<string> columns, string marker)
    {
        foreach (var column in columns.Select(Sql.Identifier))
            connection.Execute($"UPDATE {SampleTable.Name} SET {column} = NULL WHERE {column} = {Sql.Literal(marker)}");
    }

    private static (byte[] Bytes, bool IsWhole) Beginning(SourceFile file)
    {
        try
        {
            using var stored = File.OpenRead(file.Location);
            using var stream = Path.GetExtension(file.Name).ToLowerInvariant() switch
            {
                ".gz" => new GZipStream(stored, CompressionMode.Decompress),
                _ => (Stream)stored,
            };
            var bytes = new byte[SampleBytes + 1];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return (bytes[..Math.Min(read, SampleBytes)], read <= SampleBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RunException($"'{file.Name}' cannot be read: {e.Message}", inner: e);
        }
    }

    private static string Name(char delimiter) => delimiter == '\t' ? "\\t" : delimiter.ToString(CultureInfo.InvariantCulture);
}
