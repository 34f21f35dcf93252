namespace ServerlessHub.Pipelines.Masking;

/// <summary>Replaces the letters and digits of values by others of their classes, the same ones each time, so that it can be undone. Which cipher
/// does it goes by the domain, which is all values whose symbols have these classes in this order:
/// <list type="bullet">
/// <item>one class, at least a million members (what NIST SP 800-38G Rev. 1 asks for), and each half of the value a number of 63 bits, so 6 to
/// 36 digits or 5 to 26 letters: FF1 in that class's radix;</item>
/// <item>a domain of <see cref="SmallDomains"/>: one of its permutations;</item>
/// <item>else: the value as one number in mixed radix, written in 20 bits or as many more as the domain needs, and FF1 in radix 2 over those
/// bits, again and again until the number is of the domain (cycle walking; Black and Rogaway 2002): less than twice on average for a
/// domain of a million or more, eight times for the smallest.</item>
/// </list>
/// The tweak is the classes of the symbols, a byte each, in order.</summary>
internal sealed class FormatCipher(Ff1 ff1, SmallDomains smallDomains)
{
    private const int LeastDomain = 1_000_000;
    private const int LeastBits = 20;

    private Ff1Lane[] lanes = [];
    private (int Value, int Maximum)[] owners = [];
    private uint[] limbs = [];
    private uint[] number = [];
    private int laneCount;
    private int limbCount;

    /// <summary>Encrypts (or decrypts) the symbols of all values, in place.</summary>
    public void Run(SymbolVector symbols, bool decrypt)
    {
        (laneCount, limbCount) = (0, 0);
        Buffers.Grow(ref lanes, symbols.Count);
        Buffers.Grow(ref owners, symbols.Count);
        for (var value = 0; value < symbols.Count; value++)
            Start(symbols, value, decrypt);
        while (laneCount > 0)
        {
            ff1.Run(lanes.AsSpan(0, laneCount), symbols.AllKinds, limbs, decrypt);
            Settle(symbols);
        }
    }

    private void Start(SymbolVector symbols, int value, bool decrypt)
    {
        var kinds = symbols.Kinds(value);
        var digits = symbols.Digits(value);
        if (kinds.IsEmpty)
            return;
        var size = Size(kinds);
        if (size < SmallDomains.Limit)
            Substitute(kinds, digits, size, decrypt);
        else if (size == LeastDomain && kinds.IndexOfAnyExcept(kinds[0]) < 0 && Ff1Lane.Fits(Alphabets.Radix(kinds[0]), kinds.Length))
            StartInRadix(symbols, value);
        else
            StartInBits(symbols, value);
    }

    /// <summary>How many members a domain has, counting no further than <see cref="LeastDomain"/>.</summary>
    private static int Size(ReadOnlySpan<byte> kinds)
    {
        var size = 1L;
        for (var i = 0; i < kinds.Length && size < LeastDomain; i++)
            size *= Alphabets.Radix(kinds[i]);
        return (int)Math.Min(size, LeastDomain);
    }

    private void Substitute(ReadOnlySpan<byte> kinds, Span<int> digits, int size, bool decrypt)
    {
        var table = smallDomains.Get(SmallDomains.Format(kinds), size);
        Span<uint> rank = stackalloc uint[1];
        MixedRadix.Rank(kinds, digits, rank);
        rank[0] = (uint)(decrypt ? table.Member : table.Token)[rank[0]];
        MixedRadix.Unrank(rank, kinds, digits);
    }

    private void StartInRadix(SymbolVector symbols, int value)
    {
        var kinds = symbols.Kinds(value);
        var digits = symbols.Digits(value);
        var lane = new Ff1Lane(Alphabets.Radix(kinds[0]), kinds.Length, limbCount, symbols.Start(value), kinds.Length);
        Add(lane, value, -1);
        MixedRadix.Rank(kinds[..lane.FirstLength], digits, First(lane));
        MixedRadix.Rank(kinds[lane.FirstLength..], digits[lane.FirstLength..], Second(lane));
    }

    private void StartInBits(SymbolVector symbols, int value)
    {
        var kinds = symbols.Kinds(value);
        var digits = symbols.Digits(value);
        var size = MixedRadix.LimbCount(kinds);
        var maximum = limbCount;
        Buffers.Extend(ref limbs, limbCount + size);
        limbCount += size;
        MixedRadix.Maximum(kinds, limbs.AsSpan(maximum, size));
        var bits = Math.Max(LeastBits, Limbs.BitLength(limbs.AsSpan(maximum, size)));
        var lane = new Ff1Lane(2, bits, limbCount, symbols.Start(value), kinds.Length);
        Add(lane, value, maximum);
        Buffers.Grow(ref number, size);
        MixedRadix.Rank(kinds, digits, number.AsSpan(0, size));
        Limbs.Split(number.AsSpan(0, size), lane.SecondLength, First(lane), Second(lane));
    }

    private void Add(in Ff1Lane lane, int value, int maximum)
    {
        Buffers.Extend(ref limbs, lane.Start + 2 * lane.HalfLimbs);
        limbCount = lane.Start + 2 * lane.HalfLimbs;
        owners[laneCount] = (value, maximum);
        lanes[laneCount++] = lane;
    }

    /// <summary>Takes over what came out, and leaves in the lanes what has to go on walking.</summary>
    private void Settle(SymbolVector symbols)
    {
        var walking = 0;
        for (var i = 0; i < laneCount; i++)
        {
            if (lanes[i].Radix == 2 ? SettleBits(symbols, i) : SettleRadix(symbols, i))
                continue;
            lanes[walking] = lanes[i];
            owners[walking++] = owners[i];
        }
        laneCount = walking;
    }

    private bool SettleRadix(SymbolVector symbols, int index)
    {
        var (lane, value) = (lanes[index], owners[index].Value);
        var kinds = symbols.Kinds(value);
        var digits = symbols.Digits(value);
        MixedRadix.Unrank(First(lane), kinds[..lane.FirstLength], digits);
        MixedRadix.Unrank(Second(lane), kinds[lane.FirstLength..], digits[lane.FirstLength..]);
        return true;
    }

    private bool SettleBits(SymbolVector symbols, int index)
    {
        var (lane, (value, maximum)) = (lanes[index], owners[index]);
        var kinds = symbols.Kinds(value);
        var size = MixedRadix.LimbCount(kinds);
        var candidate = number.AsSpan(0, size);
        Limbs.Join(First(lane), Second(lane), lane.SecondLength, candidate);
        if (Limbs.IsGreater(candidate, limbs.AsSpan(maximum, size)))
            return false;
        MixedRadix.Unrank(candidate, kinds, symbols.Digits(value));
        return true;
    }

    private Span<uint> First(in Ff1Lane lane) => limbs.AsSpan(lane.Start, lane.HalfLimbs);

    private Span<uint> Second(in Ff1Lane lane) => limbs.AsSpan(lane.Start + lane.HalfLimbs, lane.HalfLimbs);
}
