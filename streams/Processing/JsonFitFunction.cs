using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// Tells in one pass over an event's JSON how far it is what it should be, so that the slow ways are gone only for the few that are not. It is a
/// function of SQL too.
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

    /// <summary>How far a JSON text is what it should be.</summary>
    public static byte Of(ReadOnlySpan<byte> json, JsonShape? shape)
    {
        var scanner = new JsonScanner(json);
        if (scanner.Peek() != '{')
            return Malformed;
        var fit = Fits;
        if (shape is null)
            scanner.Value();
        else
            fit = Match(ref scanner, shape);
        return scanner.IsAtEndOfJson ? fit : Malformed;
    }

    /// <summary>How far the value that the scanner stands on is of a shape; passes over it in any case.</summary>
    private static byte Match(ref JsonScanner scanner, JsonShape shape)
    {
        switch (scanner.Peek())
        {
            case (byte)'{' when shape.Kind == JsonShapeKind.Object:
                return MatchMembers(ref scanner, shape);
            case (byte)'[' when shape.Kind == JsonShapeKind.List:
                return MatchElements(ref scanner, shape.Element!);
            default:
                return shape.Takes(ref scanner) ? Fits : Misfits;
        }
    }

    private static byte MatchElements(ref JsonScanner scanner, JsonShape element)
    {
        var fit = Fits;
        if (scanner.Enter((byte)']'))
            do fit = Math.Max(fit, Match(ref scanner, element));
            while (scanner.GoesOn((byte)']'));
        return fit;
    }

    private static byte MatchMembers(ref JsonScanner scanner, JsonShape shape)
    {
        var fit = Fits;
        // Members mostly come in the order of the schema, so the next one is tried before all are looked through.
        var next = 0;
        if (!scanner.Enter((byte)'}'))
            return fit;
        do
        {
            var member = shape.Find(ref scanner, ref next);
            scanner.Colon();
            if (member is null)
            {
                scanner.Value();
                fit = Math.Max(fit, HoldsMore);
            }
            else
                fit = Math.Max(fit, Match(ref scanner, member));
        } while (scanner.GoesOn((byte)'}'));
        return fit;
    }
}
