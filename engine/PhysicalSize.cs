using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ServerlessHub.Engine;

/// <summary>How many bytes a value takes in a vector.</summary>
internal static class PhysicalSize
{
    public static int Of(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Boolean or TypeKind.TinyInt or TypeKind.UTinyInt => 1,
            TypeKind.SmallInt or TypeKind.USmallInt => 2,
            TypeKind.Integer or TypeKind.UInteger or TypeKind.Float or TypeKind.Date => 4,
            TypeKind.BigInt or TypeKind.UBigInt or TypeKind.Double => 8,
            TypeKind.Time or TypeKind.TimeNs or TypeKind.TimeTz => 8,
            TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampS or TypeKind.TimestampMs or TypeKind.TimestampNs => 8,
            TypeKind.HugeInt or TypeKind.UHugeInt or TypeKind.Uuid or TypeKind.Interval => 16,
            TypeKind.Decimal => type.Width switch
            {
                <= 4 => 2,
                <= 9 => 4,
                <= 18 => 8,
                _ => 16,
            },
            TypeKind.Enum => type.EnumValues.Count switch
            {
                <= byte.MaxValue => 1,
                <= ushort.MaxValue => 2,
                _ => 4,
            },
            _ => 0,
        };

    public static bool IsBytes(LogicalType type) =>
        type.Kind is TypeKind.Varchar or TypeKind.Blob or TypeKind.Bit or TypeKind.BigNum or TypeKind.Geometry;

    public static void Check<T>(LogicalType type)
        where T : unmanaged
    {
        if (Of(type) != Unsafe.SizeOf<T>())
            ThrowSize(type, typeof(T).Name);
    }

    public static void CheckBytes(LogicalType type)
    {
        if (!IsBytes(type))
            ThrowBytes(type);
    }

    [DoesNotReturn]
    private static void ThrowSize(LogicalType type, string asked) =>
        throw new InvalidOperationException(
            Of(type) == 0 ? $"Values of type {type} have no fixed size." : $"A {type} takes {Of(type)} bytes and is no {asked}."
        );

    [DoesNotReturn]
    private static void ThrowBytes(LogicalType type) => throw new InvalidOperationException($"{type} is neither text nor bytes.");
}
