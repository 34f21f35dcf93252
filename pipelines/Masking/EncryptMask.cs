using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>Authenticated encryption under a random nonce, printed as <c>enc:v1:…</c>: nonce, ciphertext and tag of <see cref="XaesGcm"/>.</summary>
internal sealed class EncryptMask : Mask
{
    private static readonly VersionedText Text = new("enc");

    private readonly MaskKeys keys;
    private readonly int version;
    private readonly byte[] prefix;
    private readonly Dictionary<int, XaesGcm> ciphers = [];
    private readonly ByteVector payload = new();
    private byte[] random = [];

    public EncryptMask(MaskKeys keys, int version)
    {
        this.keys = keys;
        this.version = version;
        prefix = Text.Prefix(version);
        Cipher(version);
    }

    internal override bool IsDeterministic => false;

    public override void Apply(ByteVector values, ByteVector masked)
    {
        const int ValueNonceLength = XaesGcm.NonceLength - XaesGcm.KeyNonceLength;
        // The half of the nonce that goes into the key is drawn once a vector, the other half for each value.
        var needed = XaesGcm.KeyNonceLength + values.Count * ValueNonceLength;
        Buffers.Grow(ref random, needed);
        RandomNumberGenerator.Fill(random.AsSpan(0, needed));
        masked.Clear();
        for (var i = 0; i < values.Count; i++)
        {
            if (values.IsNull(i))
            {
                masked.AddNull();
                continue;
            }
            payload.Clear();
            var target = payload.Add(XaesGcm.NonceLength + values[i].Length + XaesGcm.TagLength);
            var nonce = target[..XaesGcm.NonceLength];
            random.AsSpan(0, XaesGcm.KeyNonceLength).CopyTo(nonce);
            random.AsSpan(XaesGcm.KeyNonceLength + i * ValueNonceLength, ValueNonceLength).CopyTo(nonce[XaesGcm.KeyNonceLength..]);
            Cipher(version).Encrypt(nonce, values[i], target[XaesGcm.NonceLength..^XaesGcm.TagLength], target[^XaesGcm.TagLength..]);
            VersionedText.Write(prefix, target, masked);
        }
    }

    public override void Undo(ByteVector masked, ByteVector values)
    {
        values.Clear();
        for (var i = 0; i < masked.Count; i++)
        {
            if (masked.IsNull(i))
                values.AddNull();
            else
                Open(masked[i], values);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var cipher in ciphers.Values)
            cipher.Dispose();
        base.Dispose(disposing);
    }

    private void Open(ReadOnlySpan<byte> masked, ByteVector values)
    {
        payload.Clear();
        var from = Text.Read(masked, payload);
        var bytes = payload[0];
        if (bytes.Length < XaesGcm.NonceLength + XaesGcm.TagLength)
            throw VersionedText.NotAuthentic(from);
        var plain = values.Add(bytes.Length - XaesGcm.NonceLength - XaesGcm.TagLength);
        try
        {
            Cipher(from)
                .Decrypt(bytes[..XaesGcm.NonceLength], bytes[XaesGcm.NonceLength..^XaesGcm.TagLength], bytes[^XaesGcm.TagLength..], plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw VersionedText.NotAuthentic(from);
        }
    }

    private XaesGcm Cipher(int of)
    {
        if (!ciphers.TryGetValue(of, out var cipher))
            ciphers[of] = cipher = new XaesGcm(keys.Derive("encrypt", of, 32));
        return cipher;
    }
}
