using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Confluent.Kafka;

namespace ServerlessHub.Streams.Kafka;

/// <summary>Writes a message's headers as a JSON object of texts; a value that is no UTF-8 is in base64. A name that is there twice is twice in the object.</summary>
internal sealed class HeaderJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    public HeaderJson() => _json = new(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The object's UTF-8, until the next call; empty where there are no headers.</summary>
    public ReadOnlySpan<byte> Of(Headers? headers)
    {
        if (headers is null || headers.Count == 0)
            return [];
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        for (var i = 0; i < headers.Count; i++)
            Write(headers[i].Key, headers[i].GetValueBytes());
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Write(string name, byte[]? value)
    {
        if (value is null)
            _json.WriteNull(name);
        else if (Utf8.IsValid(value))
            _json.WriteString(name, value);
        else
            _json.WriteBase64String(name, value);
    }
}
