namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>A date, <c>2024-02-29</c>; a time behind it must be midnight.</summary>
internal readonly struct CsvDate : ICsvValue<int>
{
    public bool TryRead(ReadOnlySpan<byte> text, out int value)
    {
        var reader = new CsvTimeReader(text);
        return reader.TryDate(out value) && (reader.AtEnd || (reader.TryTimeOfDay(out var time) && time == 0 && reader.AtEnd));
    }
}

/// <summary>A time of day, <c>13:30</c>, <c>13:30:15.25</c>; in microseconds, what is smaller is cut.</summary>
internal readonly struct CsvTime : ICsvValue<long>
{
    public bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        var reader = new CsvTimeReader(text);
        var isTime = reader.TryClock(out var nanoseconds) && reader.AtEnd;
        value = nanoseconds / 1000;
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
        if (!reader.TryDate(out var day))
            return false;
        long nanoseconds = 0;
        var offset = 0;
        if (!reader.AtEnd && (!reader.TryTimeOfDay(out nanoseconds) || !reader.TryOffset(out offset) || !reader.AtEnd))
            return false;
        if (offset != 0 && !hasZone)
            return false;
        var seconds = (day * SecondsPerDay) + (nanoseconds / NanosecondsPerSecond) - offset;
        var ticks = ((Int128)seconds * ticksPerSecond) + (nanoseconds % NanosecondsPerSecond / (NanosecondsPerSecond / ticksPerSecond));
        value = (long)ticks;
        return ticks >= long.MinValue && ticks <= long.MaxValue;
    }
}

/// <summary>Reads the parts of dates and times from left to right.</summary>
internal ref struct CsvTimeReader(ReadOnlySpan<byte> text)
{
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
        if (year is < 1 or > 9999 || month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > DateTime.DaysInMonth(year, month))
            return false;
        day = new DateOnly(year, month, dayOfMonth).DayNumber - UnixEpoch;
        return true;
    }

    /// <summary>Reads <c>T</c> or a space, then a clock's time.</summary>
    public bool TryTimeOfDay(out long nanoseconds)
    {
        nanoseconds = 0;
        return (TrySkip((byte)'T') || TrySkip((byte)'t') || TrySkip((byte)' ')) && TryClock(out nanoseconds);
    }

    /// <summary>Reads <c>HH:mm</c>, <c>HH:mm:ss</c> or <c>HH:mm:ss.fffffffff</c>, in nanoseconds since midnight.</summary>
    public bool TryClock(out long nanoseconds)
    {
        nanoseconds = 0;
        if (!TryNumber(1, 2, out var hour) || !TrySkip((byte)':') || !TryNumber(2, 2, out var minute) || hour > 23 || minute > 59)
            return false;
        var (second, fraction) = (0, 0L);
        if (TrySkip((byte)':') && (!TryNumber(2, 2, out second) || second > 59 || (TrySkip((byte)'.') && !TryFraction(out fraction))))
            return false;
        nanoseconds = ((((hour * 60L) + minute) * 60) + second) * 1_000_000_000 + fraction;
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
