using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>
/// Tells the type of a column by values of it: the first of truth, whole number, number, date and moment that all of them are; else, and for
/// numbers with leading zeros, which are codes, text.
/// </summary>
internal sealed class CsvTypes
{
    private readonly List<(LogicalType Type, CsvConverter Converter)> candidates =
    [
        .. new[] { LogicalType.Boolean, LogicalType.BigInt, LogicalType.Double, LogicalType.Date, LogicalType.TimestampTz }.Select(t =>
            (t, CsvConverter.For(t)!)
        ),
    ];

    private bool isSeen;

    /// <summary>The type.</summary>
    public LogicalType Type => isSeen && candidates.Count > 0 ? candidates[0].Type : LogicalType.Varchar;

    /// <summary>Takes a value into account.</summary>
    public void Show(ReadOnlySpan<byte> value, CsvField field, CsvFormat format)
    {
        if (value.IsEmpty || (format.Null is not null && !field.IsQuoted && value.SequenceEqual(format.Null)))
            return;
        isSeen = true;
        for (var i = 0; i < candidates.Count; )
            if (candidates[i].Converter.Accepts(value) && IsUsual(value, candidates[i].Type.Kind))
                i++;
            else
                candidates.RemoveAt(i);
    }

    /// <summary>Whether people write values of a type so: <c>1</c> can be a truth, <c>007</c> and <c>1.0</c> whole numbers, but they seldom are meant so.</summary>
    private static bool IsUsual(ReadOnlySpan<byte> value, TypeKind type)
    {
        var unsigned = value[0] == '-' ? value[1..] : value;
        return type switch
        {
            TypeKind.Boolean => value.Length >= 4,
            TypeKind.BigInt => unsigned.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && !HasLeadingZero(unsigned),
            TypeKind.Double => !HasLeadingZero(unsigned) && value[0] is not ((byte)' ' or (byte)'+'),
            TypeKind.Date => value.Length is >= 8 and <= 10,
            _ => true,
        };
    }

    private static bool HasLeadingZero(ReadOnlySpan<byte> digits) =>
        digits.Length > 1 && digits[0] == '0' && digits[1] is >= (byte)'0' and <= (byte)'9';
}
