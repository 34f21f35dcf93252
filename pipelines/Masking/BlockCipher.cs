using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>AES on many blocks at a time. A call into the platform's cryptography costs far more than a block, so everything here works on the
/// blocks of a whole vector side by side.</summary>
internal sealed class BlockCipher : IDisposable
{
    /// <summary>The size of a block, in bytes.</summary>
    public const int Block = 16;

    private readonly Aes aes = Aes.Create();

    /// <summary>Takes a key of 16, 24 or 32 bytes.</summary>
    public BlockCipher(byte[] key) => aes.Key = key;

    /// <summary>Encrypts each block by itself, in place.</summary>
    public void Encrypt(Span<byte> blocks)
    {
        if (!blocks.IsEmpty)
            aes.EncryptEcb(blocks, blocks, PaddingMode.None);
    }

    /// <summary>Multiplies a block by x in the field of CMAC and SIV (RFC 4493 and RFC 5297, "dbl"), in place.</summary>
    public static void Double(Span<byte> block)
    {
        var carry = 0;
        for (var i = Block - 1; i >= 0; i--)
        {
            var shifted = (block[i] << 1) | carry;
            block[i] = (byte)shifted;
            carry = shifted >> 8;
        }
        block[Block - 1] ^= (byte)(0x87 * carry);
    }

    /// <summary>Adds one string to another bit by bit, over the length of the second.</summary>
    public static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < other.Length; i++)
            target[i] ^= other[i];
    }

    public void Dispose() => aes.Dispose();
}
