using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// A function of SQL that gives of an event what is not in its tables: the members that its shape does not have, and the values that are not what it says, as a JSON
/// object from their paths to them. It is asked only for events of which <see cref="JsonFitFunction"/> says that there are some.
/// </summary>
internal static class JsonRescueFunction
{
    /// <summary>What SQL calls it.</summary>
    public const string Name = "hub_event_rescued";

    /// <summary>Makes it known to a connection's database.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="shape">What an event should be, at the moment of the call.</param>
    public static void Register(Connection connection, Func<JsonShape?> shape) =>
        connection.Register(
            new ScalarFunction(
                Name,
                [LogicalType.Varchar],
                LogicalType.Varchar,
                (input, output) =>
                {
                    var values = input.Column(0);
                    for (var row = 0; row < values.Length; row++)
                        if (!values.IsNull(row) && Of(values.Bytes(row), shape()) is { } rescued)
                            output.SetBytes(row, rescued);
                        else
                            output.SetNull(row);
                }
            )
            {
                IsVolatile = true,
            }
        );

    /// <summary>What of an object is not in its tables; null if all is.</summary>
    public static byte[]? Of(ReadOnlySpan<byte> json, JsonShape? shape)
    {
        if (shape is null)
            return null;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        reader.Read();
        writer.WriteStartObject();
        var path = new StringBuilder();
        Visit(ref reader, json, shape, path, writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenCount > 2 ? buffer.WrittenSpan.ToArray() : null;
    }

    private static void Visit(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> json,
        JsonShape? shape,
        StringBuilder path,
        Utf8JsonWriter writer
    )
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when shape?.Kind == JsonShapeKind.Object:
                var next = 0;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var member = shape.Find(ref reader, ref next);
                    var length = path.Length;
                    path.Append(length == 0 ? "" : ".").Append(reader.GetString());
                    reader.Read();
                    Visit(ref reader, json, member, path, writer);
                    path.Length = length;
                }
                break;
            case JsonTokenType.StartArray when shape?.Kind == JsonShapeKind.List:
                for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    var length = path.Length;
                    path.Append(CultureInfo.InvariantCulture, $"[{i}]");
                    Visit(ref reader, json, shape.Element, path, writer);
                    path.Length = length;
                }
                break;
            default:
                if (shape is not null && shape.Takes(ref reader))
                    break;
                reader.Skip();
                writer.WritePropertyName(path.ToString());
                writer.WriteRawValue(json[start..(int)reader.BytesConsumed], skipInputValidation: true);
                break;
        }
    }
}
