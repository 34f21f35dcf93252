using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>AES-SIV (RFC 5297), deterministic authenticated encryption, on whole vectors. A sealed value is its 16-byte synthetic
/// initialisation vector, which is also its proof of authenticity, followed by as many bytes as the value has.</summary>
internal sealed class AesSiv : IDisposable
{
    /// <summary>By how many bytes a sealed value is longer.</summary>
    public const int Overhead = BlockCipher.Block;

    private readonly BlockCipher macCipher;
    private readonly BlockCipher counterCipher;
    private readonly Cmac cmac;
    private readonly CbcMacs macs;

    /// <summary>What the value itself is mixed into (D of the RFC's S2V, when all strings before the last are done).</summary>
    private readonly byte[] preamble;
    private readonly byte[] doubledPreamble;

    private byte[] messages = [];
    private byte[] synthetic = [];
    private byte[] keyStream = [];
    private int[] blocks = [];

    /// <summary>Takes the two keys as one, of 32, 48 or 64 bytes, and the associated data that all values share.</summary>
    public AesSiv(ReadOnlySpan<byte> key, params ReadOnlySpan<byte[]> associatedData)
    {
        macCipher = new BlockCipher(key[..(key.Length / 2)].ToArray());
        counterCipher = new BlockCipher(key[(key.Length / 2)..].ToArray());
        cmac = new Cmac(macCipher);
        macs = new CbcMacs(macCipher);
        preamble = cmac.Compute(new byte[BlockCipher.Block]);
        foreach (var text in associatedData)
        {
            BlockCipher.Double(preamble);
            BlockCipher.Xor(preamble, cmac.Compute(text));
        }
        doubledPreamble = [.. preamble];
        BlockCipher.Double(doubledPreamble);
    }

    /// <summary>Fills a vector with the values of another, sealed; null stays null.</summary>
    public void Seal(ByteVector plain, ByteVector output)
    {
        Synthesize(plain);
        MakeKeyStream(plain, 0);
        output.Clear();
        var stream = keyStream.AsSpan();
        for (var i = 0; i < plain.Count; i++)
        {
            if (plain.IsNull(i))
            {
                output.AddNull();
                continue;
            }
            var target = output.Add(Overhead + plain[i].Length);
            Synthetic(i).CopyTo(target);
            plain[i].CopyTo(target[Overhead..]);
            BlockCipher.Xor(target[Overhead..], stream[..plain[i].Length]);
            stream = stream[(Blocks(plain[i].Length) * BlockCipher.Block)..];
        }
    }

    /// <summary>Fills a vector with the sealed values of another, opened; null stays null. Gives the place of the first value that this key
    /// did not seal or that was changed since, or -1; when there is one, nothing of the output is to be used.</summary>
    public int Open(ByteVector input, ByteVector plain)
    {
        Buffers.Grow(ref synthetic, input.Count * BlockCipher.Block);
        for (var i = 0; i < input.Count; i++)
        {
            if (input.IsNull(i))
                continue;
            if (input[i].Length < Overhead)
                return i;
            input[i][..Overhead].CopyTo(Synthetic(i));
        }
        MakeKeyStream(input, Overhead);
        plain.Clear();
        var stream = keyStream.AsSpan();
        for (var i = 0; i < input.Count; i++)
        {
            if (input.IsNull(i))
            {
                plain.AddNull();
                continue;
            }
            var target = plain.Add(input[i].Length - Overhead);
            input[i][Overhead..].CopyTo(target);
            BlockCipher.Xor(target, stream[..target.Length]);
            stream = stream[(Blocks(target.Length) * BlockCipher.Block)..];
        }
        Synthesize(plain);
        for (var i = 0; i < input.Count; i++)
        {
            if (!input.IsNull(i) && !CryptographicOperations.FixedTimeEquals(Synthetic(i), input[i][..Overhead]))
                return i;
        }
        return -1;
    }

    public void Dispose()
    {
        macCipher.Dispose();
        counterCipher.Dispose();
    }

    /// <summary>The last step of S2V for each value: its synthetic initialisation vector.</summary>
    private void Synthesize(ByteVector values)
    {
        Buffers.Grow(ref synthetic, values.Count * BlockCipher.Block);
        Buffers.Grow(ref messages, values.Length + values.Count * BlockCipher.Block);
        Buffers.Grow(ref blocks, values.Count);
        var next = 0;
        for (var i = 0; i < values.Count; i++)
        {
            blocks[i] = values.IsNull(i) ? 0 : Math.Max(1, Blocks(values[i].Length));
            var message = messages.AsSpan(next, blocks[i] * BlockCipher.Block);
            if (blocks[i] > 0)
                WriteMessage(values[i], message);
            next += message.Length;
        }
        var states = synthetic.AsSpan(0, values.Count * BlockCipher.Block);
        states.Clear();
        macs.Run(messages.AsSpan(0, next), blocks.AsSpan(0, values.Count), states);
    }

    private void WriteMessage(ReadOnlySpan<byte> value, Span<byte> message)
    {
        message[value.Length..].Clear();
        value.CopyTo(message);
        if (value.Length >= BlockCipher.Block)
        {
            BlockCipher.Xor(message[(value.Length - BlockCipher.Block)..], preamble);
            cmac.Close(message[^BlockCipher.Block..], value.Length - (message.Length - BlockCipher.Block));
        }
        else
        {
            message[value.Length] = 0x80;
            BlockCipher.Xor(message, doubledPreamble);
            cmac.Close(message, BlockCipher.Block);
        }
    }

    /// <summary>The key stream of every value, without its first <paramref name="skip"/> bytes: its vector counted up, encrypted.</summary>
    private void MakeKeyStream(ByteVector values, int skip)
    {
        Buffers.Grow(ref keyStream, values.Length + values.Count * BlockCipher.Block);
        var next = 0;
        for (var i = 0; i < values.Count; i++)
        {
            var count = values.IsNull(i) ? 0 : Blocks(values[i].Length - skip);
            for (var k = 0; k < count; k++, next += BlockCipher.Block)
            {
                var counter = keyStream.AsSpan(next, BlockCipher.Block);
                Synthetic(i).CopyTo(counter);
                // The RFC clears these two bits, so that counting never carries out of the last 32.
                counter[8] &= 0x7F;
                counter[12] &= 0x7F;
                BinaryPrimitives.WriteUInt32BigEndian(counter[12..], BinaryPrimitives.ReadUInt32BigEndian(counter[12..]) + (uint)k);
            }
        }
        counterCipher.Encrypt(keyStream.AsSpan(0, next));
    }

    private Span<byte> Synthetic(int index) => synthetic.AsSpan(index * BlockCipher.Block, BlockCipher.Block);

    private static int Blocks(int length) => (length + BlockCipher.Block - 1) / BlockCipher.Block;
}
