using System.Buffers;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Exports;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tables;

/// <summary>A table on its way out as text: the engine makes each row's line, and what is written is gone, so memory does not grow with the table.</summary>
internal sealed class TableStream(HubRoot root, Snapshot snapshot, ExportFormat format)
{
    private const int FlushBytes = 1 << 16;

    /// <summary>The media type of what is written.</summary>
    public static string ContentType(ExportFormat format) =>
        format == ExportFormat.Csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl; charset=utf-8";

    /// <summary>Writes all rows.</summary>
    /// <exception cref="EngineException">A data file cannot be read; what is written so far is not the whole table, and the connection is cut.</exception>
    public async Task Write(Stream stream, CancellationToken cancellation)
    {
        using var engine = new QueryEngine(root);
        using var scan = snapshot.Scan(engine.Connection);
        Column[] columns = [.. snapshot.Columns.Select(c => new Column(c.Name, c.Type))];
        var line = format == ExportFormat.Csv ? RowText.Csv(columns) : RowText.Json(columns);
        var buffer = new ArrayBufferWriter<byte>(FlushBytes * 2);
        if (format == ExportFormat.Csv)
            Append(buffer, RowText.CsvHeading(columns));
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
