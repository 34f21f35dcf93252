using System.Buffers;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Exports;

namespace ServerlessHub.Api.Tables;

/// <summary>A table on its way out as text: the engine makes each row's line, and what is written is gone, so memory does not grow with the table.</summary>
internal sealed class TableStream(Snapshot snapshot, ExportFormat format)
{
    private const int FlushBytes = 1 << 16;

    /// <summary>The media type of what is written.</summary>
    public static string ContentType(ExportFormat format) =>
        format == ExportFormat.Csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl; charset=utf-8";

    /// <summary>Writes all rows.</summary>
    /// <exception cref="EngineException">A data file cannot be read; what is written so far is not the whole table, and the connection is cut.</exception>
    public async Task Write(Stream stream, CancellationToken cancellation)
    {
        using var engine = new PreviewEngine();
        using var scan = snapshot.Scan(engine.Connection);
        var line = format == ExportFormat.Csv ? CsvLine() : "CAST(to_json(r) AS VARCHAR)";
        var buffer = new ArrayBufferWriter<byte>(FlushBytes * 2);
        if (format == ExportFormat.Csv)
            Append(buffer, string.Join(',', snapshot.Columns.Select(c => Quote(c.Name))));
        using var result = engine.Connection.Query($"SELECT {line} FROM (\n{scan.Sql}\n) AS r", cancellation);
        foreach (var chunk in result.Chunks())
        {
            Append(buffer, chunk);
            if (buffer.WrittenCount < FlushBytes)
                continue;
            await stream.WriteAsync(buffer.WrittenMemory, cancellation);
            buffer.ResetWrittenCount();
        }
        await stream.WriteAsync(buffer.WrittenMemory, cancellation);
    }

    /// <summary>One row as a line of CSV, in SQL.</summary>
    private string CsvLine() => string.Join(" || ',' || ", snapshot.Columns.Select(Field));

    private static string Field(TableColumn column)
    {
        var name = $"r.{Sql.Identifier(column.Name)}";
        var text = column.Type.Kind switch
        {
            TypeKind.Varchar => name,
            TypeKind.TimestampTz => $"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ')",
            TypeKind.Blob => $"to_base64({name})",
            TypeKind.Struct or TypeKind.List or TypeKind.Map => $"CAST(to_json({name}) AS VARCHAR)",
            _ => $"CAST({name} AS VARCHAR)",
        };
        var quoted = $"'\"' || replace({text}, '\"', '\"\"') || '\"'";
        return $"(CASE WHEN {name} IS NULL THEN '' WHEN {text} = '' OR regexp_matches({text}, '[\",\\r\\n]') THEN {quoted} ELSE {text} END)";
    }

    private static string Quote(string name) =>
        name.AsSpan().IndexOfAny("\",\r\n") >= 0 ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;

    private static void Append(ArrayBufferWriter<byte> buffer, DataChunk lines)
    {
        var texts = lines.Column(0);
        for (var row = 0; row < lines.Length; row++)
        {
            buffer.Write(texts.Bytes(row));
            buffer.Write("\n"u8);
        }
    }

    private static void Append(ArrayBufferWriter<byte> buffer, string line)
    {
        Encoding.UTF8.GetBytes(line, buffer);
        buffer.Write("\n"u8);
    }
}
