using System.Text;
using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Streams.Processing;

/// <summary>The forms a JSON value may be expected in.</summary>
internal enum JsonShapeKind
{
    /// <summary>Whatever it is.</summary>
    Any,

    /// <summary>An object.</summary>
    Object,

    /// <summary>A list.</summary>
    List,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number without a fraction that fits 64 bits, or a narrower type.</summary>
    Whole,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A text that holds a value of another type, such as a moment; whether it does, the engine tells.</summary>
    TypedText,
}

/// <summary>What a JSON value should be, made from the type it is to have.</summary>
internal sealed class JsonShape
{
    private readonly byte[][] _names = [];
    private readonly JsonShape[] _members = [];
    private readonly (long Least, long Most) _range = (long.MinValue, long.MaxValue);

    /// <summary>Makes the shape of a type.</summary>
    public JsonShape(LogicalType type)
    {
        Kind = KindOf(type);
        switch (Kind)
        {
            case JsonShapeKind.Object:
                _names = [.. type.Children.Select(member => Encoding.UTF8.GetBytes(member.Name))];
                _members = [.. type.Children.Select(member => new JsonShape(member.Type))];
                break;
            case JsonShapeKind.List:
                Element = new(type.Element);
                break;
            case JsonShapeKind.Whole:
                _range = RangeOf(type);
                break;
        }
    }

    public JsonShapeKind Kind { get; }

    /// <summary>What a list holds.</summary>
    public JsonShape? Element { get; }

    /// <summary>The member whose name the reader stands on; null if there is none.</summary>
    /// <param name="reader">It stands on a name.</param>
    /// <param name="next">The member that would come next; then the one after the one found.</param>
    public JsonShape? Find(ref Utf8JsonReader reader, ref int next)
    {
        for (var tried = 0; tried < _names.Length; tried++)
        {
            var at = (next + tried) % _names.Length;
            if (!reader.ValueTextEquals(_names[at]))
                continue;
            next = at + 1;
            return _members[at];
        }
        return null;
    }

    /// <summary>Whether a number is one that is expected here.</summary>
    public bool TakesNumber(ReadOnlySpan<byte> digits) =>
        Kind switch
        {
            JsonShapeKind.Any or JsonShapeKind.Number => true,
            JsonShapeKind.Whole => System.Buffers.Text.Utf8Parser.TryParse(digits, out long number, out var used)
                && used == digits.Length
                && number >= _range.Least
                && number <= _range.Most,
            _ => false,
        };

    /// <summary>Whether a text is one that is expected here.</summary>
    public bool TakesText(ref Utf8JsonReader reader) => Kind is JsonShapeKind.Any or JsonShapeKind.Text or JsonShapeKind.TypedText;

    private static JsonShapeKind KindOf(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Struct => JsonShapeKind.Object,
            TypeKind.List => JsonShapeKind.List,
            TypeKind.Boolean => JsonShapeKind.Boolean,
            TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Integer or TypeKind.BigInt => JsonShapeKind.Whole,
            TypeKind.Float or TypeKind.Double or TypeKind.Decimal => JsonShapeKind.Number,
            TypeKind.Varchar when type == LogicalType.Varchar => JsonShapeKind.Text,
            TypeKind.Varchar or TypeKind.Map => JsonShapeKind.Any,
            _ => JsonShapeKind.TypedText,
        };

    private static (long, long) RangeOf(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.TinyInt => (sbyte.MinValue, sbyte.MaxValue),
            TypeKind.SmallInt => (short.MinValue, short.MaxValue),
            TypeKind.Integer => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
}
