namespace ServerlessHub.Pipelines.Masking;

/// <summary>Deterministic authenticated encryption by AES-256-SIV, printed as <c>tok:v1:…</c>: equal values have equal tokens under one key
/// version, so tokens join; whoever has the key can go back.</summary>
internal sealed class TokenMask : Mask
{
    private static readonly VersionedText Text = new("tok");

    private readonly MaskKeys keys;
    private readonly int version;
    private readonly byte[] prefix;
    private readonly Dictionary<int, AesSiv> ciphers = [];
    private readonly ByteVector sealedValues = new();
    private readonly ByteVector opened = new();

    public TokenMask(MaskKeys keys, int version)
    {
        this.keys = keys;
        this.version = version;
        prefix = Text.Prefix(version);
        Cipher(version);
    }

    public override void Apply(ByteVector values, ByteVector masked)
    {
        Cipher(version).Seal(values, sealedValues);
        masked.Clear();
        for (var i = 0; i < sealedValues.Count; i++)
        {
            if (sealedValues.IsNull(i))
                masked.AddNull();
            else
                VersionedText.Write(prefix, sealedValues[i], masked);
        }
    }

    public override void Undo(ByteVector masked, ByteVector values)
    {
        values.Clear();
        sealedValues.Clear();
        var current = version;
        for (var i = 0; i < masked.Count; i++)
        {
            if (masked.IsNull(i))
            {
                sealedValues.AddNull();
                continue;
            }
            // Values of one version in a row are opened together; the bytes of the first of another version are read once more after that.
            var found = Text.Read(masked[i], sealedValues);
            if (found == current)
                continue;
            sealedValues.RemoveLast();
            Open(current, values);
            current = Text.Read(masked[i], sealedValues);
        }
        Open(current, values);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var cipher in ciphers.Values)
            cipher.Dispose();
        base.Dispose(disposing);
    }

    private void Open(int from, ByteVector values)
    {
        if (sealedValues.Count == 0)
            return;
        if (Cipher(from).Open(sealedValues, opened) >= 0)
            throw VersionedText.NotAuthentic(from);
        for (var i = 0; i < opened.Count; i++)
        {
            if (opened.IsNull(i))
                values.AddNull();
            else
                values.Add(opened[i]);
        }
        sealedValues.Clear();
    }

    private AesSiv Cipher(int of)
    {
        if (!ciphers.TryGetValue(of, out var cipher))
            ciphers[of] = cipher = new AesSiv(keys.Derive("tokenize", of, 64));
        return cipher;
    }
}
