namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>Where a record begins in the journal; later records have greater ones.</summary>
/// <param name="Value">The segment's number and the offset in its file, 32 bits each; 0 for nowhere.</param>
internal readonly record struct Position(long Value)
{
    public Position(int segment, long offset)
        : this(((long)segment << 32) | offset) { }

    public int Segment => (int)(Value >> 32);

    public long Offset => Value & uint.MaxValue;

    public bool IsNone => Value == 0;
}
