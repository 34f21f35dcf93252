namespace ServerlessHub.Pipelines.Masking;

/// <summary>Deterministic tokens that keep a value's length and the class of each of its characters; see <see cref="FormatCipher"/>.</summary>
internal sealed class FormatMask : Mask
{
    private readonly Ff1 ff1;
    private readonly FormatCipher cipher;
    private readonly SymbolVector symbols = new();

    public FormatMask(MaskKeys keys, int version)
    {
        ff1 = new Ff1(keys.Derive("tokenize-preserve", version, 32));
        cipher = new FormatCipher(ff1, keys.SmallDomains(version));
    }

    public override void Apply(ByteVector values, ByteVector masked) => Run(values, masked, decrypt: false);

    public override void Undo(ByteVector masked, ByteVector values) => Run(masked, values, decrypt: true);

    protected override void Dispose(bool disposing)
    {
        ff1.Dispose();
        base.Dispose(disposing);
    }

    private void Run(ByteVector values, ByteVector output, bool decrypt)
    {
        symbols.Read(values);
        cipher.Run(symbols, decrypt);
        symbols.Write(values, output);
    }
}
