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

    /// <summary>What SQL calls it for events as they come, which may be envelopes.</summary>
    public const string NameAtIngest = "hub_message_fit";

    /// <summary>It is a JSON object that holds what the shape says, and nothing else.</summary>
    public const byte Fits = 0;

    /// <summary>It is one that holds other members too.</summary>
    public const byte HoldsMore = 1;

    /// <summary>It is a JSON object in which a value is not what the shape says.</summary>
    public const byte Misfits = 2;

    /// <summary>It is no JSON object.</summary>
    public const byte Malformed = 3;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 512 };

    /// <summary>Makes it known to a connection's database.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="name">What SQL is to call it.</param>
    /// <param name="shape">What an event should be, at the moment of the call; null where any object will do.</param>
    public static void Register(Connection connection, string name, Func<JsonShape?> shape) =>
        connection.Register(
            new ScalarFunction(
                name,
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
            var fit = Match(ref reader, shape);
            return reader.Read() ? Malformed : fit;
        }
        catch (JsonException)
        {
            return Malformed;
        }
    }

    /// <summary>How far the value the reader stands on is of a shape; reads it to its end in any case.</summary>
    private static byte Match(ref Utf8JsonReader reader, JsonShape? shape)
    {
        if (shape is null)
        {
            reader.Skip();
            return Fits;
        }
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when shape.Kind == JsonShapeKind.Object:
                return MatchMembers(ref reader, shape);
            case JsonTokenType.StartArray when shape.Kind == JsonShapeKind.List:
                var fit = Fits;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    fit = Math.Max(fit, Match(ref reader, shape.Element));
                return fit;
            default:
                return shape.Takes(ref reader) ? Fits : Misfits;
        }
    }

    private static byte MatchMembers(ref Utf8JsonReader reader, JsonShape shape)
    {
        var fit = Fits;
        // Members mostly come in the order of the schema, so the next one is tried before all are looked through.
        var next = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var member = shape.Find(ref reader, ref next);
            reader.Read();
            if (member is null)
            {
                reader.Skip();
                fit = Math.Max(fit, HoldsMore);
            }
            else
                fit = Math.Max(fit, Match(ref reader, member));
        }
        return fit;
    }
}
