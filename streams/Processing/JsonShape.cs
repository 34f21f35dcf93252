using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>The forms a JSON value may be expected in.</summary>
internal enum JsonShapeKind
{
    /// <summary>Whatever it is.</summary>
    Any,

    /// <summary>Nothing has been seen of it but null.</summary>
    Null,

    /// <summary>An object.</summary>
    Object,

    /// <summary>A list.</summary>
    List,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number, as such or in a text.</summary>
    Whole,

    /// <summary>A floating number, as such or in a text.</summary>
    Number,

    /// <summary>A floating number that is the same as one of 64 bits, as such or in a text.</summary>
    ExactNumber,

    /// <summary>A number that a decimal holds, as such or in a text.</summary>
    Decimal,

    /// <summary>Any text, number or truth value.</summary>
    Text,

    /// <summary>A text in ISO 8601 that is a date, or a moment.</summary>
    Moment,

    /// <summary>A text that the engine makes something else of.</summary>
    OtherText,
}

/// <summary>What a JSON value should be, made from the type it is to have.</summary>
internal sealed class JsonShape
{
    /// <summary>Up to here a floating number of 64 bits is each whole number.</summary>
    private const long LargestExact = 1L << 53;

    private static readonly SearchValues<byte> Fraction = SearchValues.Create(".eE"u8);

    private readonly byte[][] _names = [];
    private readonly byte[][] _quoted = [];
    private readonly JsonShape[] _members = [];
    private readonly long _least;
    private readonly long _most;
    private readonly decimal _limit;

    /// <summary>Makes the shape of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isInferred">Whether nobody has said that it is to be this type: then it takes no whole number that it would falsify.</param>
    public JsonShape(LogicalType type, bool isInferred = false)
    {
        Kind = isInferred && type == LogicalType.Double ? JsonShapeKind.ExactNumber : KindOf(type);
        switch (Kind)
        {
            case JsonShapeKind.Object:
                _names = [.. type.Children.Select(member => Encoding.UTF8.GetBytes(member.Name))];
                _quoted = [.. _names.Select(Quoted)];
                _members = [.. type.Children.Select(member => new JsonShape(member.Type, isInferred))];
                break;
            case JsonShapeKind.List:
                Element = new(type.Element, isInferred);
                break;
            case JsonShapeKind.Whole:
                (_least, _most) = RangeOf(type);
                break;
            case JsonShapeKind.Decimal:
                _limit = Limit(type.Width - type.Scale);
                break;
        }
    }

    public JsonShapeKind Kind { get; }

    /// <summary>What a list holds.</summary>
    public JsonShape? Element { get; }

    /// <summary>The member whose name comes next, which is passed over; null if there is none of the name.</summary>
    /// <param name="scanner">Stands before the name.</param>
    /// <param name="next">The member that would come next; then the one after the one found.</param>
    public JsonShape? Find(ref JsonScanner scanner, ref int next)
    {
        scanner.Peek();
        return next < _quoted.Length && scanner.TryPass(_quoted[next])
            ? _members[next++]
            : Find(scanner.Text(out var isEscaped), isEscaped, ref next);
    }

    /// <summary>The member of a name; null if there is none.</summary>
    /// <param name="name">The name as it stands in the JSON.</param>
    /// <param name="isEscaped">Whether there are escapes in it.</param>
    /// <param name="next">The member that would come next; then the one after the one found.</param>
    public JsonShape? Find(ReadOnlySpan<byte> name, bool isEscaped, ref int next)
    {
        if (isEscaped)
            name = Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(name)}\"")!);
        for (var tried = 0; tried < _names.Length; tried++)
        {
            var at = next + tried;
            if (at >= _names.Length)
                at -= _names.Length;
            if (!name.SequenceEqual(_names[at]))
                continue;
            next = at + 1;
            return _members[at];
        }
        return null;
    }

    /// <summary>Whether the value that the scanner stands on, into which nothing looks, is expected here; passes over it.</summary>
    public bool Takes(ref JsonScanner scanner)
    {
        switch (scanner.Peek())
        {
            case (byte)'{' or (byte)'[':
                scanner.Value();
                return Kind == JsonShapeKind.Any;
            case (byte)'"':
                var text = scanner.Text(out var isEscaped);
                return Kind is JsonShapeKind.Text or JsonShapeKind.Any or JsonShapeKind.OtherText || (!isEscaped && TakesText(text));
            case (byte)'n' when scanner.TryPass("null"u8):
                return true;
            case (byte)'t' or (byte)'f':
                scanner.Scalar();
                return Kind is JsonShapeKind.Boolean or JsonShapeKind.Any or JsonShapeKind.Text;
            default:
                var digits = scanner.Scalar();
                return Kind is JsonShapeKind.Number or JsonShapeKind.Any or JsonShapeKind.Text || TakesNumber(digits);
        }
    }

    private bool TakesText(ReadOnlySpan<byte> text) =>
        Kind switch
        {
            JsonShapeKind.Moment => IsoMoment.Is(text),
            JsonShapeKind.Number or JsonShapeKind.ExactNumber => Utf8Parser.TryParse(text, out double _, out var used)
                && used == text.Length
                && (Kind == JsonShapeKind.Number || TakesNumber(text)),
            _ => TakesNumber(text),
        };

    private bool TakesNumber(ReadOnlySpan<byte> digits) =>
        Kind switch
        {
            JsonShapeKind.Whole => Utf8Parser.TryParse(digits, out long number, out var used)
                && used == digits.Length
                && number >= _least
                && number <= _most,
            JsonShapeKind.ExactNumber => digits.ContainsAny(Fraction)
                || (
                    Utf8Parser.TryParse(digits, out long whole, out var read)
                    && read == digits.Length
                    && Math.Abs((decimal)whole) <= LargestExact
                ),
            JsonShapeKind.Decimal => Utf8Parser.TryParse(digits, out decimal number, out var used)
                && used == digits.Length
                && Math.Abs(number) < _limit,
            _ => false,
        };

    /// <summary>A name as it stands in JSON; of one that has to be escaped, which can be done in several ways, what stands in none.</summary>
    private static byte[] Quoted(byte[] name) =>
        name.Any(c => c is < (byte)' ' or (byte)'"' or (byte)'\\') ? [0] : [(byte)'"', .. name, (byte)'"'];

    private static JsonShapeKind KindOf(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Null => JsonShapeKind.Null,
            TypeKind.Struct => JsonShapeKind.Object,
            TypeKind.List => JsonShapeKind.List,
            TypeKind.Boolean => JsonShapeKind.Boolean,
            TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Integer or TypeKind.BigInt => JsonShapeKind.Whole,
            TypeKind.Float or TypeKind.Double => JsonShapeKind.Number,
            TypeKind.Decimal => JsonShapeKind.Decimal,
            TypeKind.Varchar when type == LogicalType.Varchar => JsonShapeKind.Text,
            TypeKind.Date or TypeKind.Timestamp or TypeKind.TimestampTz => JsonShapeKind.Moment,
            TypeKind.Varchar or TypeKind.Map => JsonShapeKind.Any,
            _ => JsonShapeKind.OtherText,
        };

    private static (long, long) RangeOf(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.TinyInt => (sbyte.MinValue, sbyte.MaxValue),
            TypeKind.SmallInt => (short.MinValue, short.MaxValue),
            TypeKind.Integer => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };

    private static decimal Limit(int digits)
    {
        var limit = 1m;
        for (var i = 0; i < Math.Min(digits, 28); i++)
            limit *= 10;
        return limit;
    }
}
