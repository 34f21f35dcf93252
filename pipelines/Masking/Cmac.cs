namespace ServerlessHub.Pipelines.Masking;

/// <summary>AES-CMAC (RFC 4493): a message authentication code of 16 bytes.</summary>
internal sealed class Cmac
{
    private readonly BlockCipher cipher;
    private readonly byte[] whole = new byte[BlockCipher.Block];
    private readonly byte[] padded;

    /// <summary>Works with a cipher that stays the caller's.</summary>
    public Cmac(BlockCipher cipher)
    {
        this.cipher = cipher;
        cipher.Encrypt(whole);
        BlockCipher.Double(whole);
        padded = [.. whole];
        BlockCipher.Double(padded);
    }

    /// <summary>Makes the last block of a message ready for the chain: pads it if only <paramref name="used"/> bytes of it are the message's,
    /// the others being 0, and adds the subkey that tells the two cases apart.</summary>
    public void Close(Span<byte> last, int used)
    {
        if (used < BlockCipher.Block)
            last[used] ^= 0x80;
        BlockCipher.Xor(last, used < BlockCipher.Block ? padded : whole);
    }

    /// <summary>The code of one message.</summary>
    public byte[] Compute(ReadOnlySpan<byte> message)
    {
        var chain = new byte[BlockCipher.Block];
        while (message.Length > BlockCipher.Block)
        {
            BlockCipher.Xor(chain, message[..BlockCipher.Block]);
            cipher.Encrypt(chain);
            message = message[BlockCipher.Block..];
        }
        BlockCipher.Xor(chain, message);
        Close(chain, message.Length);
        cipher.Encrypt(chain);
        return chain;
    }
}
