using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>The CBC-MACs of many messages, computed in step: one call of the cipher for the first block of all of them, one for the second, and
/// so on. A chain cannot be hurried, but many chains can run side by side.</summary>
internal sealed class CbcMacs(BlockCipher cipher)
{
    private byte[] work = [];
    private (int Lane, int Next, int Left)[] active = [];

    /// <summary>Continues the chain of each message. The messages lie one after the other, <c>blocks[i]</c> blocks of message i;
    /// <paramref name="states"/> has a block a message: where its chain stands before, and where it ends.</summary>
    public void Run(ReadOnlySpan<byte> messages, ReadOnlySpan<int> blocks, Span<byte> states)
    {
        var chains = MemoryMarshal.Cast<byte, Vector128<byte>>(states);
        var texts = MemoryMarshal.Cast<byte, Vector128<byte>>(messages);
        if (blocks.IndexOfAnyExcept(1) < 0)
        {
            // By far the most frequent case: nothing to gather, one call for all.
            for (var i = 0; i < chains.Length; i++)
                chains[i] ^= texts[i];
            cipher.Encrypt(states);
            return;
        }
        var running = Start(blocks);
        while (running > 0)
        {
            var current = work.AsSpan(0, running * BlockCipher.Block);
            var outputs = MemoryMarshal.Cast<byte, Vector128<byte>>(current);
            for (var i = 0; i < running; i++)
                outputs[i] = chains[active[i].Lane] ^ texts[active[i].Next];
            cipher.Encrypt(current);
            running = Advance(running, outputs, chains);
        }
    }

    private int Start(ReadOnlySpan<int> blocks)
    {
        if (active.Length < blocks.Length)
        {
            active = new (int, int, int)[blocks.Length];
            work = new byte[blocks.Length * BlockCipher.Block];
        }
        var running = 0;
        var next = 0;
        for (var lane = 0; lane < blocks.Length; lane++)
        {
            if (blocks[lane] > 0)
                active[running++] = (lane, next, blocks[lane]);
            next += blocks[lane];
        }
        return running;
    }

    private int Advance(int running, ReadOnlySpan<Vector128<byte>> outputs, Span<Vector128<byte>> chains)
    {
        var still = 0;
        for (var i = 0; i < running; i++)
        {
            var (lane, next, left) = active[i];
            chains[lane] = outputs[i];
            if (left > 1)
                active[still++] = (lane, next + 1, left - 1);
        }
        return still;
    }
}
