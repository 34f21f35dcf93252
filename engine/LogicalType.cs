using System.Collections.Immutable;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>
/// A type of DuckDB's: a plain value that can be kept, compared, written as SQL by <see cref="ToString"/> and read back by
/// <see cref="Parse"/>.
/// </summary>
public sealed class LogicalType : IEquatable<LogicalType>
{
    private LogicalType(TypeKind kind) => Kind = kind;

    /// <summary>Not known.</summary>
    public static LogicalType Unknown { get; } = new(TypeKind.Unknown);

    /// <summary>BOOLEAN</summary>
    public static LogicalType Boolean { get; } = new(TypeKind.Boolean);

    /// <summary>TINYINT</summary>
    public static LogicalType TinyInt { get; } = new(TypeKind.TinyInt);

    /// <summary>SMALLINT</summary>
    public static LogicalType SmallInt { get; } = new(TypeKind.SmallInt);

    /// <summary>INTEGER</summary>
    public static LogicalType Integer { get; } = new(TypeKind.Integer);

    /// <summary>BIGINT</summary>
    public static LogicalType BigInt { get; } = new(TypeKind.BigInt);

    /// <summary>HUGEINT</summary>
    public static LogicalType HugeInt { get; } = new(TypeKind.HugeInt);

    /// <summary>UTINYINT</summary>
    public static LogicalType UTinyInt { get; } = new(TypeKind.UTinyInt);

    /// <summary>USMALLINT</summary>
    public static LogicalType USmallInt { get; } = new(TypeKind.USmallInt);

    /// <summary>UINTEGER</summary>
    public static LogicalType UInteger { get; } = new(TypeKind.UInteger);

    /// <summary>UBIGINT</summary>
    public static LogicalType UBigInt { get; } = new(TypeKind.UBigInt);

    /// <summary>UHUGEINT</summary>
    public static LogicalType UHugeInt { get; } = new(TypeKind.UHugeInt);

    /// <summary>BIGNUM</summary>
    public static LogicalType BigNum { get; } = new(TypeKind.BigNum);

    /// <summary>FLOAT</summary>
    public static LogicalType Float { get; } = new(TypeKind.Float);

    /// <summary>DOUBLE</summary>
    public static LogicalType Double { get; } = new(TypeKind.Double);

    /// <summary>VARCHAR</summary>
    public static LogicalType Varchar { get; } = new(TypeKind.Varchar);

    /// <summary>JSON: a VARCHAR under another name.</summary>
    public static LogicalType Json { get; } = new(TypeKind.Varchar) { Alias = "JSON" };

    /// <summary>BLOB</summary>
    public static LogicalType Blob { get; } = new(TypeKind.Blob);

    /// <summary>BIT</summary>
    public static LogicalType Bit { get; } = new(TypeKind.Bit);

    /// <summary>UUID</summary>
    public static LogicalType Uuid { get; } = new(TypeKind.Uuid);

    /// <summary>DATE</summary>
    public static LogicalType Date { get; } = new(TypeKind.Date);

    /// <summary>TIME</summary>
    public static LogicalType Time { get; } = new(TypeKind.Time);

    /// <summary>TIME_NS</summary>
    public static LogicalType TimeNs { get; } = new(TypeKind.TimeNs);

    /// <summary>TIME WITH TIME ZONE</summary>
    public static LogicalType TimeTz { get; } = new(TypeKind.TimeTz);

    /// <summary>TIMESTAMP</summary>
    public static LogicalType Timestamp { get; } = new(TypeKind.Timestamp);

    /// <summary>TIMESTAMP_S</summary>
    public static LogicalType TimestampS { get; } = new(TypeKind.TimestampS);

    /// <summary>TIMESTAMP_MS</summary>
    public static LogicalType TimestampMs { get; } = new(TypeKind.TimestampMs);

    /// <summary>TIMESTAMP_NS</summary>
    public static LogicalType TimestampNs { get; } = new(TypeKind.TimestampNs);

    /// <summary>TIMESTAMP WITH TIME ZONE</summary>
    public static LogicalType TimestampTz { get; } = new(TypeKind.TimestampTz);

    /// <summary>INTERVAL</summary>
    public static LogicalType Interval { get; } = new(TypeKind.Interval);

    /// <summary>Any type, as a parameter of a <see cref="ScalarFunction"/>.</summary>
    public static LogicalType Any { get; } = new(TypeKind.Any);

    /// <summary>The type of a bare NULL.</summary>
    public static LogicalType Null { get; } = new(TypeKind.Null);

    /// <summary>The sort of type.</summary>
    public TypeKind Kind { get; }

    /// <summary>A decimal's digits in all, 1 to 38; 0 for other types.</summary>
    public byte Width { get; private init; }

    /// <summary>A decimal's digits after the point, 0 to <see cref="Width"/>; 0 for other types.</summary>
    public byte Scale { get; private init; }

    /// <summary>The number of values in an array; 0 for other types.</summary>
    public int ArraySize { get; private init; }

    /// <summary>
    /// The types inside: a struct's fields, a union's members, one <c>element</c> of a list or array, <c>key</c> and <c>value</c> of a map.
    /// </summary>
    public IReadOnlyList<Column> Children { get; private init; } = [];

    /// <summary>An enum's texts, in the order of their indexes.</summary>
    public IReadOnlyList<string> EnumValues { get; private init; } = [];

    /// <summary>The name this type goes by instead of its own, such as JSON, or null.</summary>
    public string? Alias { get; private init; }

    /// <summary>The type of a list's or array's elements.</summary>
    /// <exception cref="InvalidOperationException">It is neither.</exception>
    public LogicalType Element =>
        Kind is TypeKind.List or TypeKind.Array ? Children[0].Type : throw new InvalidOperationException($"{this} has no element type.");

    /// <summary>True for whole numbers, decimals and floating point numbers.</summary>
    public bool IsNumeric =>
        Kind is >= TypeKind.TinyInt and <= TypeKind.Double or TypeKind.HugeInt or TypeKind.UHugeInt or TypeKind.Decimal or TypeKind.BigNum;

    /// <summary>DECIMAL(width, scale).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The width is not 1 to 38, or the scale is larger than it.</exception>
    public static LogicalType Decimal(int width, int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 38);
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, width);
        return new(TypeKind.Decimal) { Width = (byte)width, Scale = (byte)scale };
    }

    /// <summary>A list of any length.</summary>
    public static LogicalType List(LogicalType element) => new(TypeKind.List) { Children = [new("element", element)] };

    /// <summary>An array of a fixed length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    public static LogicalType Array(LogicalType element, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return new(TypeKind.Array) { Children = [new("element", element)], ArraySize = size };
    }

    /// <summary>A map from keys to values.</summary>
    public static LogicalType Map(LogicalType key, LogicalType value) =>
        new(TypeKind.Map) { Children = [new("key", key), new("value", value)] };

    /// <summary>A struct of at least one field.</summary>
    /// <exception cref="ArgumentException">There is no field.</exception>
    public static LogicalType Struct(params IEnumerable<Column> fields) => Composite(TypeKind.Struct, fields);

    /// <summary>A union of at least one member.</summary>
    /// <exception cref="ArgumentException">There is no member.</exception>
    public static LogicalType Union(params IEnumerable<Column> members) => Composite(TypeKind.Union, members);

    /// <summary>An enum of these texts.</summary>
    /// <exception cref="ArgumentException">There is no text.</exception>
    public static LogicalType Enum(params IEnumerable<string> values)
    {
        var texts = values.ToImmutableArray();
        return texts.IsEmpty
            ? throw new ArgumentException("An enum needs at least one value.", nameof(values))
            : new(TypeKind.Enum) { EnumValues = texts };
    }

    /// <summary>Reads a type as DuckDB spells it, such as <c>STRUCT(a INTEGER, b DECIMAL(18,2)[])</c>; the usual other names are understood.</summary>
    /// <exception cref="FormatException">It is no type; the message tells where it ends to be one.</exception>
    public static LogicalType Parse(string text) => new LogicalTypeParser(text).Parse();

    /// <summary>This type's spelling in SQL.</summary>
    public override string ToString() => Alias ?? LogicalTypeText.Write(this);

    /// <summary>True for the same type, with the same names inside.</summary>
    public bool Equals(LogicalType? other) =>
        ReferenceEquals(this, other)
        || (
            other is not null
            && Kind == other.Kind
            && Width == other.Width
            && Scale == other.Scale
            && ArraySize == other.ArraySize
            && Alias == other.Alias
            && Children.SequenceEqual(other.Children)
            && EnumValues.SequenceEqual(other.EnumValues)
        );

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LogicalType);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.Add(Width);
        hash.Add(Scale);
        hash.Add(ArraySize);
        hash.Add(Alias);
        foreach (var child in Children)
            hash.Add(child);
        foreach (var value in EnumValues)
            hash.Add(value, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>True if both are the same type.</summary>
    public static bool operator ==(LogicalType? left, LogicalType? right) => Equals(left, right);

    /// <summary>True if they are different types.</summary>
    public static bool operator !=(LogicalType? left, LogicalType? right) => !Equals(left, right);

    /// <summary>The same type, known by another name.</summary>
    internal LogicalType WithAlias(string? alias) =>
        string.IsNullOrEmpty(alias)
            ? this
            : new(Kind)
            {
                Width = Width,
                Scale = Scale,
                ArraySize = ArraySize,
                Children = Children,
                EnumValues = EnumValues,
                Alias = alias,
            };

    internal static LogicalType Plain(TypeKind kind) => new(kind);

    /// <summary>An enum text's index, or -1.</summary>
    internal int EnumIndex(string text) => ((ImmutableArray<string>)EnumValues).IndexOf(text);

    /// <summary>The index of a struct's field, or -1.</summary>
    internal int FieldIndex(string name)
    {
        for (var i = 0; i < Children.Count; i++)
        {
            if (Children[i].Name == name)
                return i;
        }
        return -1;
    }

    private static LogicalType Composite(TypeKind kind, IEnumerable<Column> children)
    {
        var fields = children.ToImmutableArray();
        return fields.IsEmpty
            ? throw new ArgumentException($"A {kind} needs at least one field.", nameof(children))
            : new(kind) { Children = fields };
    }

    internal static LogicalType From(LogicalTypeHandle handle) => LogicalTypeConversion.FromNative(handle);
}
