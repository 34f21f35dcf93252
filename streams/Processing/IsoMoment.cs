namespace ServerlessHub.Streams.Processing;

/// <summary>
/// Tells dates and moments in ISO 8601 from other texts, without making them: <c>2026-01-31</c>, <c>2026-01-31T18:30</c>, with seconds, a fraction,
/// and <c>Z</c> or an offset.
/// </summary>
internal static class IsoMoment
{
    private const int DateLength = 10;
    private const int MinuteLength = 16;

    /// <summary>Whether a text is one.</summary>
    public static bool Is(ReadOnlySpan<byte> text)
    {
        if (text.Length < DateLength || !IsDate(text[..DateLength]))
            return false;
        if (text.Length == DateLength)
            return true;
        if (text.Length < MinuteLength || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':')
            return false;
        if (Number(text[11..13]) is not (>= 0 and < 24) || Number(text[14..16]) is not (>= 0 and < 60))
            return false;
        return IsZone(WithoutSeconds(text[MinuteLength..], out var isRight)) && isRight;
    }

    private static bool IsDate(ReadOnlySpan<byte> text)
    {
        if (text[4] != '-' || text[7] != '-')
            return false;
        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        return year > 0 && month is > 0 and <= 12 && day > 0 && day <= DateTime.DaysInMonth(year, month);
    }

    private static ReadOnlySpan<byte> WithoutSeconds(ReadOnlySpan<byte> rest, out bool isRight)
    {
        isRight = true;
        if (rest is not [(byte)':', ..])
            return rest;
        isRight = rest.Length >= 3 && Number(rest[1..3]) is >= 0 and < 60;
        if (!isRight)
            return rest;
        rest = rest[3..];
        if (rest is not [(byte)'.', ..])
            return rest;
        var digits = 1;
        while (digits < rest.Length && char.IsAsciiDigit((char)rest[digits]))
            digits++;
        isRight = digits is > 1 and <= 10;
        return rest[digits..];
    }

    private static bool IsZone(ReadOnlySpan<byte> text) =>
        text switch
        {
            [] or [(byte)'Z'] => true,
            [(byte)'+' or (byte)'-', _, _, .. var rest] when Number(text[1..3]) is >= 0 and <= 15 => rest.Length == 0
                || Number(rest[0] == ':' ? rest[1..] : rest) is >= 0 and < 60,
            _ => false,
        };

    /// <summary>What two or four digits say; -1 where there is anything else.</summary>
    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return -1;
            number = number * 10 + (digit - '0');
        }
        return digits.Length is 2 or 4 ? number : -1;
    }
}
