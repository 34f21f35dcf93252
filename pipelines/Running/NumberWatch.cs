using System.Numerics;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A function that gives each vector of numbers on as it is and shows it to a summary on the way, so that what is written is summarised in the same pass.</summary>
internal static class NumberWatch
{
    /// <summary>Whether columns of a type are summarised.</summary>
    public static bool Watches(LogicalType type) => type.IsNumeric;

    /// <summary>Registers the function for a column of a numeric type.</summary>
    public static void Register(Connection connection, string function, LogicalType type, NumericSummary summary)
    {
        ScalarFunctionBody body = type.Kind switch
        {
            TypeKind.TinyInt => Pass<sbyte>(summary),
            TypeKind.SmallInt => Pass<short>(summary),
            TypeKind.Integer => Pass<int>(summary),
            TypeKind.BigInt => Pass<long>(summary),
            TypeKind.HugeInt => Pass<Int128>(summary),
            TypeKind.UTinyInt => Pass<byte>(summary),
            TypeKind.USmallInt => Pass<ushort>(summary),
            TypeKind.UInteger => Pass<uint>(summary),
            TypeKind.UBigInt => Pass<ulong>(summary),
            TypeKind.UHugeInt => Pass<UInt128>(summary),
            TypeKind.Float => Pass<float>(summary),
            TypeKind.Double => Pass<double>(summary),
            TypeKind.Decimal => PassDecimal(type, summary),
            _ => throw new NotSupportedException($"Columns of type {type} are not summarised."),
        };
        connection.Register(new ScalarFunction(function, [type], type, body) { IsVolatile = true });
    }

    /// <summary>A decimal is stored as a whole number, as wide as its digits need.</summary>
    private static ScalarFunctionBody PassDecimal(LogicalType type, NumericSummary summary)
    {
        var scale = Math.Pow(10, type.Scale);
        return type.Width switch
        {
            <= 4 => Pass<short>(summary, scale),
            <= 9 => Pass<int>(summary, scale),
            <= 18 => Pass<long>(summary, scale),
            _ => Pass<Int128>(summary, scale),
        };
    }

    private static ScalarFunctionBody Pass<T>(NumericSummary summary, double scale = 1)
        where T : unmanaged, INumber<T> =>
        (input, output) =>
        {
            var column = input.Column(0);
            var values = column.Span<T>();
            values.CopyTo(output.Span<T>());
            Span<double> room = stackalloc double[values.Length];
            var numbers = column.Validity.IsEmpty ? All(values, room) : Valid(values, column.Validity, room);
            if (scale != 1)
                foreach (ref var number in numbers)
                    number /= scale;
            summary.Add(numbers, values.Length - numbers.Length);
        };

    private static Span<double> All<T>(ReadOnlySpan<T> values, Span<double> numbers)
        where T : unmanaged, INumber<T>
    {
        for (var i = 0; i < values.Length; i++)
            numbers[i] = double.CreateSaturating(values[i]);
        return numbers;
    }

    private static Span<double> Valid<T>(ReadOnlySpan<T> values, ReadOnlySpan<ulong> validity, Span<double> numbers)
        where T : unmanaged, INumber<T>
    {
        var count = 0;
        for (var i = 0; i < values.Length; i++)
            if ((validity[i >> 6] >> (i & 63) & 1) != 0)
                numbers[count++] = double.CreateSaturating(values[i]);
        return numbers[..count];
    }
}
