namespace ServerlessHub.Engine;

/// <summary>A time of day with an offset from UTC: DuckDB's TIME WITH TIME ZONE.</summary>
/// <param name="Micros">Microseconds since midnight, 0 to 86,400,000,000.</param>
/// <param name="OffsetSeconds">Seconds east of UTC, within 15:59:59 either way.</param>
public readonly record struct ZonedTime(long Micros, int OffsetSeconds)
{
    // 40 bits of microseconds above 24 bits of offset, the offset counted down from the largest so that equal instants sort.
    private const int OffsetBits = 24;
    private const int MaxOffset = (16 * 60 * 60) - 1;

    internal static ZonedTime FromBits(ulong bits) => new((long)(bits >> OffsetBits), MaxOffset - (int)(bits & ((1UL << OffsetBits) - 1)));

    internal ulong ToBits() => ((ulong)Micros << OffsetBits) | (uint)(MaxOffset - OffsetSeconds);
}
