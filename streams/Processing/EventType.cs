using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Streams.Processing;

/// <summary>
/// What a stream's events are expected to be: what the schema says, or what has been inferred so far, which is kept in a document of the hub and
/// shared by all who work on the stream.
/// </summary>
internal sealed class EventType
{
    private const int Attempts = 100;

    private readonly StreamEngine _engine;
    private readonly SharedFile _file;

    public EventType(StreamEngine engine)
    {
        _engine = engine;
        _file = new(engine.Storage, $"data/ops/streams/{engine.Stream.Address}/type.txt");
        Type =
            engine.Stream.Schema is { } columns ? LogicalType.Struct(columns)
            : _file.Read() is { } text ? Parse(text)
            : null;
        Shape = Type is null ? null : new(Type, IsInferred);
    }

    /// <summary>Whether it is inferred.</summary>
    public bool IsInferred => _engine.Stream.Schema is null;

    /// <summary>The type; null where nothing is known yet.</summary>
    public LogicalType? Type { get; private set; }

    /// <summary>The same, for a first look at JSON.</summary>
    public JsonShape? Shape { get; private set; }

    /// <summary>Learns from events.</summary>
    /// <param name="objects">A query for the column <c>object</c>: JSON texts that are objects.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Whether the type is another one now.</returns>
    public bool Learn(string objects, CancellationToken ct)
    {
        using var structure = _engine.Connection.Query($"SELECT json_group_structure(object::JSON) FROM ({objects})", ct);
        if (structure.Scalar<string>() is not { } text)
            return false;
        var seen = InferredType.OfStructure(text);
        if (seen.Kind != TypeKind.Struct)
            return false;
        seen = Refine(objects, seen, ct);
        var before = Type;
        Type = Share(seen, ct);
        Shape = new(Type, IsInferred);
        return Type != before;
    }

    /// <summary>Widens what is shared by what was seen, and gives what is shared then.</summary>
    private LogicalType Share(LogicalType seen, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var type = seen;
            var isShared = _file.TryUpdate(content =>
            {
                // What another process has learnt counts as much.
                var known = content is null ? Type : Parse(content);
                type = known is null ? seen : InferredType.Widen(known, seen);
                return content is not null && type == known ? content : Encoding.UTF8.GetBytes(type.ToString());
            });
            if (isShared)
                return type;
            ct.WaitHandle.WaitOne(Random.Shared.Next(2, 20));
            ct.ThrowIfCancellationRequested();
        }
        throw _file.Busy();
    }

    private static LogicalType Parse(byte[] text) => LogicalType.Parse(Encoding.UTF8.GetString(text));

    /// <summary>
    /// Texts that are all moments are moments; and whole numbers begin as 32 bits where all fit, since only those can be widened to floating ones
    /// when such come.
    /// </summary>
    private LogicalType Refine(string objects, LogicalType type, CancellationToken ct)
    {
        var texts = InferredType.Leaves(type, LogicalType.Varchar).ToArray();
        var wholes = InferredType.Leaves(type, LogicalType.BigInt).ToArray();
        if (texts.Length + wholes.Length == 0)
            return type;
        // All values of an object at once, so that it is taken apart once.
        var paths = string.Join(", ", texts.Concat(wholes).Select(path => Sql.Literal(JsonPointer.Of(path))));
        var tests = texts
            .Select((_, i) => $"count(v[{i + 1}]) > 0 AND bool_and({MomentFunction}(v[{i + 1}]))")
            .Concat(
                wholes
                    .Select((_, i) => texts.Length + i + 1)
                    .Select(i => $"bool_and(v[{i}] IS NULL OR TRY_CAST(v[{i}] AS INTEGER) IS NOT NULL)")
            );
        using var result = _engine.Connection.Query(
            $"SELECT {string.Join(", ", tests)} FROM (SELECT json_extract_string(object, [{paths}]) AS v FROM ({objects}))",
            ct
        );
        var holds = result.Rows().Single();
        for (var i = 0; i < holds.Length; i++)
            if (holds[i] is true)
                type =
                    i < texts.Length
                        ? InferredType.With(type, texts[i].ToArray(), LogicalType.TimestampTz)
                        : InferredType.With(type, wholes[i - texts.Length].ToArray(), LogicalType.Integer);
        return type;
    }

    /// <summary>What SQL calls the check of <see cref="IsoMoment"/>.</summary>
    private const string MomentFunction = "hub_is_moment";

    /// <summary>Makes the check of texts known to a connection's database.</summary>
    public static void Register(Connection connection) =>
        connection.Register(
            new ScalarFunction(
                MomentFunction,
                [LogicalType.Varchar],
                LogicalType.Boolean,
                (input, output) =>
                {
                    var texts = input.Column(0);
                    var are = output.Span<byte>();
                    for (var row = 0; row < texts.Length; row++)
                        are[row] = texts.IsNull(row) || IsoMoment.Is(texts.Bytes(row)) ? (byte)1 : (byte)0;
                }
            )
        );
}
