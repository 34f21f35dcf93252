using System.Buffers;
using System.Globalization;
using System.Text;
using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// A function of SQL that gives of an event, which must be valid JSON, what is not in its tables: the members that its shape does not have, and the
/// values that are not what it says, as a JSON object from their paths to them. It is asked only for events of which <see cref="JsonFitFunction"/>
/// says that there are some.
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
        var scanner = new JsonScanner(json);
        var rescued = new ArrayBufferWriter<byte>();
        Visit(ref scanner, shape, new StringBuilder(), rescued);
        if (rescued.WrittenCount == 0)
            return null;
        rescued.Write("}"u8);
        return rescued.WrittenSpan.ToArray();
    }

    private static void Visit(ref JsonScanner scanner, JsonShape? shape, StringBuilder path, ArrayBufferWriter<byte> rescued)
    {
        var first = scanner.Peek();
        if (first == '{' && shape?.Kind == JsonShapeKind.Object)
            VisitMembers(ref scanner, shape, path, rescued);
        else if (first == '[' && shape?.Kind == JsonShapeKind.List)
            VisitElements(ref scanner, shape.Element!, path, rescued);
        else
        {
            var before = scanner;
            if (shape?.Takes(ref scanner) == true)
                return;
            scanner = before;
            // The names in the path are as they stand in the JSON, so they need no escapes.
            rescued.Write(rescued.WrittenCount == 0 ? "{\""u8 : ",\""u8);
            rescued.Write(Encoding.UTF8.GetBytes(path.ToString()));
            rescued.Write("\":"u8);
            rescued.Write(scanner.Value());
        }
    }

    private static void VisitMembers(ref JsonScanner scanner, JsonShape shape, StringBuilder path, ArrayBufferWriter<byte> rescued)
    {
        var next = 0;
        var length = path.Length;
        if (!scanner.Enter((byte)'}'))
            return;
        do
        {
            var name = scanner.Text(out var isEscaped);
            var member = shape.Find(name, isEscaped, ref next);
            scanner.Colon();
            path.Append(length == 0 ? "" : ".").Append(Encoding.UTF8.GetString(name));
            Visit(ref scanner, member, path, rescued);
            path.Length = length;
        } while (scanner.GoesOn((byte)'}'));
    }

    private static void VisitElements(ref JsonScanner scanner, JsonShape element, StringBuilder path, ArrayBufferWriter<byte> rescued)
    {
        var length = path.Length;
        if (!scanner.Enter((byte)']'))
            return;
        var i = 0;
        do
        {
            path.Append(CultureInfo.InvariantCulture, $"[{i++}]");
            Visit(ref scanner, element, path, rescued);
            path.Length = length;
        } while (scanner.GoesOn((byte)']'));
    }
}
