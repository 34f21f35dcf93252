using System.Buffers.Binary;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>A date, <c>2024-02-29</c>; a time behind it must be midnight.</summary>
internal readonly struct CsvDate : ICsvValue<int>
{
    public bool TryRead(ReadOnlySpan<byte> text, out int value)
    {
        var reader = new CsvTimeReader(text);
        return reader.TryDate(out value)
            && (
                reader.AtEnd
                || (reader.TryTimeOfDay(out var second, out var nanoseconds) && second == 0 && nanoseconds == 0 && reader.AtEnd)
            );
    }
}

/// <summary>A time of day, <c>13:30</c>, <c>13:30:15.25</c>; in microseconds, what is smaller is cut.</summary>
internal readonly struct CsvTime : ICsvValue<long>
{
    public bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        var reader = new CsvTimeReader(text);
        var isTime = reader.TryClock(out var second, out var nanoseconds) && reader.AtEnd;
        value = (second * 1_000_000L) + (nanoseconds / 1000);
        return isTime;
    }
}

/// <summary>
/// A moment, <c>2024-02-29T13:30:15.25+01:00</c>, with a space for the <c>T</c> if you like; without a time it is midnight, without an offset it is
/// UTC. A type without a zone takes no offset but UTC's. What is smaller than the type's unit is cut.
/// </summary>
internal readonly struct CsvTimestamp(bool hasZone, long ticksPerSecond) : ICsvValue<long>
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long SecondsPerDay = 86_400;

    public bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var reader = new CsvTimeReader(text);
        var (offset, nanoseconds) = (0, 0L);
        if (reader.TryUsual(out var day, out var second))
        {
            if (!reader.TryParts(out nanoseconds))
                return false;
        }
        else if (!reader.TryDate(out day) || (!reader.AtEnd && !reader.TryTimeOfDay(out second, out nanoseconds)))
            return false;
        if (!reader.AtEnd && (!reader.TryOffset(out offset) || !reader.AtEnd))
            return false;
        if (offset != 0 && !hasZone)
            return false;
        var seconds = (day * SecondsPerDay) + second - offset;
        var ticks = nanoseconds == 0 ? 0 : nanoseconds / (NanosecondsPerSecond / ticksPerSecond);
        value = (seconds * ticksPerSecond) + ticks;
        // The years that can be written are more nanoseconds than 64 bits hold.
        return ticksPerSecond < NanosecondsPerSecond || value == ((Int128)seconds * ticksPerSecond) + ticks;
    }
}

/// <summary>Reads the parts of dates and times from left to right.</summary>
internal ref struct CsvTimeReader(ReadOnlySpan<byte> text)
{
    private const int UsualLength = 19;
    private const int EveryMonthsDays = 28;

    // "0000-00-" and "00:00:00", the first byte lowest; and what, added to a byte, reaches its high bit if it is more than the pattern lets it be.
    private const ulong DatePattern = 0x2D30302D30303030;
    private const ulong DateSlack = 0x7F76767F76767676;
    private const ulong ClockPattern = 0x30303A30303A3030;
    private const ulong ClockSlack = 0x76767F76767F7676;
    private const ulong HighBits = 0x8080808080808080;

    private static readonly int UnixEpoch = new DateOnly(1970, 1, 1).DayNumber;
    private ReadOnlySpan<byte> rest = text;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>Reads <c>yyyy-MM-dd</c>, in days since 1970; slashes will do, and single digits.</summary>
    public bool TryDate(out int day)
    {
        day = 0;
        if (!TryNumber(4, 4, out var year) || rest.IsEmpty || rest[0] is not ((byte)'-' or (byte)'/'))
            return false;
        var separator = rest[0];
        if (!TrySkip(separator) || !TryNumber(1, 2, out var month) || !TrySkip(separator) || !TryNumber(1, 2, out var dayOfMonth))
            return false;
        return TryDay(year, month, dayOfMonth, out day);
    }

    /// <summary>
    /// Reads <c>yyyy-MM-dd HH:mm:ss</c>, as nearly all moments are written, in days since 1970 and seconds since midnight, eight digits at a time.
    /// When it is not so, nothing is read.
    /// </summary>
    public bool TryUsual(out int day, out int second)
    {
        (day, second) = (0, 0);
        if (
            rest.Length < UsualLength
            || rest[10] is not ((byte)' ' or (byte)'T')
            || !TryPairs(rest, DatePattern, DateSlack, out var date)
            || !TryPairs(rest[11..], ClockPattern, ClockSlack, out var clock)
            || (byte)(rest[8] - '0') > 9
            || (byte)(rest[9] - '0') > 9
        )
            return false;
        var (hour, minute, remaining) = ((byte)clock, (byte)(clock >> 24), (byte)(clock >> 48));
        var dayOfMonth = ((rest[8] - '0') * 10) + (rest[9] - '0');
        if (
            hour > 23
            || minute > 59
            || remaining > 59
            || !TryDay(((byte)date * 100) + (byte)(date >> 16), (byte)(date >> 40), dayOfMonth, out day)
        )
            return false;
        second = (((hour * 60) + minute) * 60) + remaining;
        rest = rest[UsualLength..];
        return true;
    }

    /// <summary>Reads nothing, or a point and digits, in nanoseconds.</summary>
    public bool TryParts(out long nanoseconds)
    {
        nanoseconds = 0;
        return !TrySkip((byte)'.') || TryFraction(out nanoseconds);
    }

    /// <summary>Reads <c>T</c> or a space, then a clock's time.</summary>
    public bool TryTimeOfDay(out int second, out long nanoseconds)
    {
        (second, nanoseconds) = (0, 0);
        return (TrySkip((byte)'T') || TrySkip((byte)'t') || TrySkip((byte)' ')) && TryClock(out second, out nanoseconds);
    }

    /// <summary>Reads <c>HH:mm</c>, <c>HH:mm:ss</c> or <c>HH:mm:ss.fffffffff</c>, in seconds since midnight and nanoseconds behind them.</summary>
    public bool TryClock(out int second, out long nanoseconds)
    {
        (second, nanoseconds) = (0, 0);
        if (!TryNumber(1, 2, out var hour) || !TrySkip((byte)':') || !TryNumber(2, 2, out var minute) || hour > 23 || minute > 59)
            return false;
        if (TrySkip((byte)':') && (!TryNumber(2, 2, out second) || second > 59 || !TryParts(out nanoseconds)))
            return false;
        second += ((hour * 60) + minute) * 60;
        return true;
    }

    /// <summary>Reads nothing, <c>Z</c>, <c>+HH</c>, <c>+HH:mm</c> or <c>+HHmm</c>, or <c>UTC</c>, in seconds east of UTC.</summary>
    public bool TryOffset(out int seconds)
    {
        seconds = 0;
        TrySkip((byte)' ');
        if (rest.IsEmpty || TrySkip((byte)'Z') || TrySkip((byte)'z'))
            return true;
        if (rest.SequenceEqual("UTC"u8))
        {
            rest = [];
            return true;
        }
        var sign =
            TrySkip((byte)'+') ? 1
            : TrySkip((byte)'-') ? -1
            : 0;
        if (sign == 0 || !TryNumber(2, 2, out var hours))
            return false;
        var minutes = 0;
        if ((TrySkip((byte)':') || !rest.IsEmpty) && !TryNumber(2, 2, out minutes))
            return false;
        seconds = sign * ((hours * 60) + minutes) * 60;
        return hours <= 18 && minutes <= 59;
    }

    private static bool TryDay(int year, int month, int dayOfMonth, out int day)
    {
        day = 0;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || dayOfMonth < 1)
            return false;
        if (dayOfMonth > EveryMonthsDays && dayOfMonth > DateTime.DaysInMonth(year, month))
            return false;
        day = new DateOnly(year, month, dayOfMonth).DayNumber - UnixEpoch;
        return true;
    }

    /// <summary>Reads eight bytes that are digits where the pattern has zeros: in each byte of the result its digit and the next as a number.</summary>
    private static bool TryPairs(ReadOnlySpan<byte> text, ulong pattern, ulong slack, out ulong pairs)
    {
        var digits = BinaryPrimitives.ReadUInt64LittleEndian(text) ^ pattern;
        pairs = (digits * 10) + (digits >> 8);
        return (((digits + slack) | digits) & HighBits) == 0;
    }

    private bool TryFraction(out long nanoseconds)
    {
        nanoseconds = 0;
        var unit = 100_000_000;
        var digits = 0;
        for (; digits < rest.Length && (byte)(rest[digits] - '0') <= 9; digits++, unit /= 10)
            nanoseconds += (rest[digits] - '0') * (long)unit;
        rest = rest[digits..];
        return digits > 0;
    }

    private bool TryNumber(int least, int most, out int number)
    {
        number = 0;
        var digits = 0;
        for (; digits < most && digits < rest.Length && (byte)(rest[digits] - '0') <= 9; digits++)
            number = (number * 10) + (rest[digits] - '0');
        rest = rest[digits..];
        return digits >= least;
    }

    private bool TrySkip(byte b)
    {
        if (rest.IsEmpty || rest[0] != b)
            return false;
        rest = rest[1..];
        return true;
    }
}
