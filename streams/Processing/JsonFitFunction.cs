using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// A function of SQL that tells in one pass over an event's JSON how far it is what it should be, so that the slow ways are gone only for the few
/// that are not.
/// </summary>
internal static class JsonFitFunction
{
    /// <summary>What SQL calls it.</summary>
    public const string Name = "hub_event_fit";

    /// <summary>It is a JSON object that holds what the shape says, and nothing else.</summary>
    public const byte Fits = 0;

    /// <summary>It is a JSON object that holds something else too, or something in another form.</summary>
    public const byte Differs = 1;

    /// <summary>It is no JSON object.</summary>
    public const byte Malformed = 2;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 512 };

    /// <summary>Makes it known to a connection's database.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="shape">What an event should be, at the moment of the call; null where any object will do.</param>
    public static void Register(Connection connection, Func<JsonShape?> shape) =>
        connection.Register(
            new ScalarFunction(
                Name,
                [LogicalType.Varchar],
                LogicalType.UTinyInt,
                (input, output) =>
                {
                    var expected = shape();
                    var values = input.Column(0);
                    var fits = output.Span<byte>();
                    for (var row = 0; row < values.Length; row++)
                        fits[row] = values.IsNull(row) ? Fits : Of(values.Bytes(row), expected);
                }
            )
            {
                IsVolatile = true,
            }
        );

    /// <summary>How far a text is what it should be.</summary>
    public static byte Of(ReadOnlySpan<byte> json, JsonShape? shape)
    {
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return Malformed;
            var fits = Matches(ref reader, shape);
            return reader.Read() ? Malformed : (fits ? Fits : Differs);
        }
        catch (JsonException)
        {
            return Malformed;
        }
    }

    /// <summary>Whether the value the reader stands on is of a shape; reads it to its end in any case.</summary>
    private static bool Matches(ref Utf8JsonReader reader, JsonShape? shape)
    {
        if (shape is null)
        {
            reader.Skip();
            return true;
        }
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.StartObject when shape.Kind == JsonShapeKind.Object:
                return ObjectMatches(ref reader, shape);
            case JsonTokenType.StartArray when shape.Kind == JsonShapeKind.List:
                var all = true;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    all &= Matches(ref reader, shape.Element);
                return all;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                reader.Skip();
                return shape.Kind == JsonShapeKind.Any;
            case JsonTokenType.Number:
                return shape.TakesNumber(reader.ValueSpan);
            case JsonTokenType.String:
                return shape.TakesText(ref reader);
            default:
                return shape.Kind is JsonShapeKind.Boolean or JsonShapeKind.Any;
        }
    }

    private static bool ObjectMatches(ref Utf8JsonReader reader, JsonShape shape)
    {
        var all = true;
        // Members mostly come in the order of the schema, so the next one is tried before all are looked through.
        var next = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var member = shape.Find(ref reader, ref next);
            reader.Read();
            if (member is null)
            {
                reader.Skip();
                all = false;
            }
            else
                all &= Matches(ref reader, member);
        }
        return all;
    }
}
