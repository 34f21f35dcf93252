namespace ServerlessHub.Pipelines.Masking;

/// <summary>HMAC-SHA256 of a value, as 64 small hexadecimal digits, which sort, join and survive any system that ignores case.</summary>
internal sealed class HashMask(byte[] key) : Mask
{
    private readonly HmacSha256 hash = new(key);
    private byte[] codes = [];

    public override void Apply(ByteVector values, ByteVector masked)
    {
        Buffers.Grow(ref codes, values.Count * HmacSha256.CodeLength);
        hash.Compute(values, codes);
        masked.Clear();
        for (var i = 0; i < values.Count; i++)
        {
            if (values.IsNull(i))
                masked.AddNull();
            else
                Convert.TryToHexStringLower(
                    codes.AsSpan(i * HmacSha256.CodeLength, HmacSha256.CodeLength),
                    masked.Add(2 * HmacSha256.CodeLength),
                    out _
                );
        }
    }
}
