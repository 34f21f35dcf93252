using System.Security.Cryptography;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>HMAC-SHA256 of a value, as 64 small hexadecimal digits, which sort, join and survive any system that ignores case.</summary>
internal sealed class HashMask(byte[] key) : Mask
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

    public override void Apply(ByteVector values, ByteVector masked)
    {
        masked.Clear();
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (var i = 0; i < values.Count; i++)
        {
            if (values.IsNull(i))
            {
                masked.AddNull();
                continue;
            }
            hash.AppendData(values[i]);
            hash.GetHashAndReset(code);
            Convert.TryToHexStringLower(code, masked.Add(2 * code.Length), out _);
        }
    }

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
