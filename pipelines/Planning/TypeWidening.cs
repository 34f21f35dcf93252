using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Finds the narrowest type that holds the values of two types unchanged.</summary>
public static class TypeWidening
{
    /// <summary>
    /// The type that holds the values of both: the wider whole number, decimal or floating point number; a decimal, or <c>double</c>, for a whole
    /// number beside one; a timestamp for a date beside one. Null where there is none.
    /// </summary>
    public static LogicalType? Of(LogicalType a, LogicalType b)
    {
        if (a == b || b.Kind == TypeKind.Null)
            return a;
        if (a.Kind == TypeKind.Null)
            return b;
        if (a.Kind == TypeKind.List && b.Kind == TypeKind.List)
            return Of(a.Element, b.Element) is { } element ? LogicalType.List(element) : null;
        return Numbers(a, b) ?? Times(a, b) ?? Texts(a, b);
    }

    private static LogicalType? Numbers(LogicalType a, LogicalType b)
    {
        if (!a.IsNumeric || !b.IsNumeric)
            return null;
        var (low, high) = Rank(a) <= Rank(b) ? (a, b) : (b, a);
        return (low.Kind, high.Kind) switch
        {
            (_, TypeKind.Float) when IsInteger(low) => LogicalType.Double,
            (TypeKind.Decimal, TypeKind.Float or TypeKind.Double) => null,
            (_, TypeKind.Double) => LogicalType.Double,
            (_, TypeKind.Decimal) => Decimals(AsDecimal(low), high),
            _ => Integers(low, high),
        };
    }

    private static int Rank(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Decimal => 1,
            TypeKind.Float => 2,
            TypeKind.Double => 3,
            _ => 0,
        };

    private static LogicalType? Decimals(LogicalType? a, LogicalType b)
    {
        if (a is null)
            return null;
        var scale = Math.Max(a.Scale, b.Scale);
        var width = Math.Max(a.Width - a.Scale, b.Width - b.Scale) + scale;
        return width <= 38 ? LogicalType.Decimal(width, scale) : null;
    }

    private static LogicalType? AsDecimal(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Decimal => type,
            TypeKind.TinyInt or TypeKind.UTinyInt => LogicalType.Decimal(3, 0),
            TypeKind.SmallInt or TypeKind.USmallInt => LogicalType.Decimal(5, 0),
            TypeKind.Integer or TypeKind.UInteger => LogicalType.Decimal(10, 0),
            TypeKind.BigInt => LogicalType.Decimal(19, 0),
            TypeKind.UBigInt => LogicalType.Decimal(20, 0),
            _ => null,
        };

    private static bool IsInteger(LogicalType type) => Bits(type) > 0;

    private static LogicalType? Integers(LogicalType a, LogicalType b)
    {
        if (!IsInteger(a) || !IsInteger(b))
            return null;
        if (IsSigned(a) == IsSigned(b))
            return Bits(a) >= Bits(b) ? a : b;
        var (signed, unsigned) = IsSigned(a) ? (a, b) : (b, a);
        LogicalType[] wider = [LogicalType.SmallInt, LogicalType.Integer, LogicalType.BigInt, LogicalType.HugeInt];
        return Bits(signed) > Bits(unsigned) ? signed : wider.FirstOrDefault(w => Bits(w) > Bits(unsigned));
    }

    private static bool IsSigned(LogicalType type) =>
        type.Kind is TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Integer or TypeKind.BigInt or TypeKind.HugeInt;

    private static int Bits(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.TinyInt or TypeKind.UTinyInt => 8,
            TypeKind.SmallInt or TypeKind.USmallInt => 16,
            TypeKind.Integer or TypeKind.UInteger => 32,
            TypeKind.BigInt or TypeKind.UBigInt => 64,
            TypeKind.HugeInt or TypeKind.UHugeInt => 128,
            _ => 0,
        };

    private static LogicalType? Times(LogicalType a, LogicalType b)
    {
        // Coarse to fine; a timestamp without a zone is in UTC, so one with a zone holds it.
        TypeKind[] order = [TypeKind.Date, TypeKind.TimestampS, TypeKind.TimestampMs, TypeKind.Timestamp, TypeKind.TimestampTz];
        var (i, j) = (Array.IndexOf(order, a.Kind), Array.IndexOf(order, b.Kind));
        return i < 0 || j < 0 ? null
            : i > j ? a
            : b;
    }

    // JSON and enums are text under another name.
    private static LogicalType? Texts(LogicalType a, LogicalType b) => IsText(a) && IsText(b) ? LogicalType.Varchar : null;

    private static bool IsText(LogicalType type) => type.Kind is TypeKind.Varchar or TypeKind.Enum;
}
