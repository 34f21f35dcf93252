using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>XAES-256-GCM (c2sp.org/XAES-256-GCM): AES-256-GCM with a nonce of 24 bytes. GCM's own 12 bytes, drawn at random, are safe for some
/// four thousand million values a key, which a hub masks in a month; these are for as many as anybody will ever have. The first half of
/// the nonce goes into the key of GCM, so values that share it share that work.</summary>
internal sealed class XaesGcm(byte[] key) : IDisposable
{
    /// <summary>The size of a nonce, in bytes.</summary>
    public const int NonceLength = 24;

    /// <summary>The size of the half of a nonce that goes into the key.</summary>
    public const int KeyNonceLength = 12;

    /// <summary>The size of the proof of authenticity, in bytes.</summary>
    public const int TagLength = 16;

    private readonly BlockCipher cipher = new(key);
    private readonly byte[] keyNonce = new byte[KeyNonceLength];
    private AesGcm? gcm;

    /// <summary>Encrypts a value; the ciphertext has its length.</summary>
    public void Encrypt(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> plain,
        Span<byte> encrypted,
        Span<byte> tag,
        ReadOnlySpan<byte> associated = default
    ) => Gcm(nonce[..KeyNonceLength]).Encrypt(nonce[KeyNonceLength..], plain, encrypted, tag, associated);

    /// <summary>Decrypts a value.</summary>
    /// <exception cref="AuthenticationTagMismatchException">This key did not make it, or it was changed since.</exception>
    public void Decrypt(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> encrypted,
        ReadOnlySpan<byte> tag,
        Span<byte> plain,
        ReadOnlySpan<byte> associated = default
    ) => Gcm(nonce[..KeyNonceLength]).Decrypt(nonce[KeyNonceLength..], encrypted, tag, plain, associated);

    public void Dispose()
    {
        cipher.Dispose();
        gcm?.Dispose();
    }

    private AesGcm Gcm(ReadOnlySpan<byte> wanted)
    {
        if (gcm is not null && wanted.SequenceEqual(keyNonce))
            return gcm;
        gcm?.Dispose();
        wanted.CopyTo(keyNonce);
        var cmac = new Cmac(cipher);
        byte[] derived = [.. cmac.Compute([0, 1, (byte)'X', 0, .. wanted]), .. cmac.Compute([0, 2, (byte)'X', 0, .. wanted])];
        return gcm = new AesGcm(derived, TagLength);
    }
}
