using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

/// <summary>The samples that the standards give, so that anybody else's implementation reads what ours writes.</summary>
public class PublishedVectors
{
    private const string Aes256Key = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    [Theory]
    [InlineData(0, "bb1d6929e95937287fa37d129b756746")]
    [InlineData(16, "070a16b46b4d4144f79bdd9dd04a287c")]
    [InlineData(40, "dfa66747de9ae63030ca32611497c827")]
    [InlineData(64, "51f0bebf7e3b9d92fc49741779363cfe")]
    public void RFC_4493_gives_these_codes(int length, string code)
    {
        var message = Hex(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
        );
        using var cipher = new BlockCipher(Hex("2b7e151628aed2a6abf7158809cf4f3c"));
        Assert.Equal(Hex(code), new Cmac(cipher).Compute(message.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(
        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        "101112131415161718191a1b1c1d1e1f2021222324252627",
        "112233445566778899aabbccddee",
        "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    )]
    [InlineData(
        "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100,102030405060708090a0,09f911029d74e35bd84156c5635688c0",
        "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553",
        "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d"
    )]
    public void RFC_5297_seals_and_opens_these(string key, string associated, string plain, string expected)
    {
        using var siv = new AesSiv(Hex(key), Array.ConvertAll(associated.Split(','), Hex));
        var (values, result, opened) = (new ByteVector(), new ByteVector(), new ByteVector());
        values.Add(Hex(plain));
        siv.Seal(values, result);
        Assert.Equal(Hex(expected), result[0].ToArray());
        Assert.Equal(-1, siv.Open(result, opened));
        Assert.Equal(Hex(plain), opened[0].ToArray());
    }

    [Fact]
    public void Libraries_agree_on_sealing_nothing_without_associated_data()
    {
        using var siv = new AesSiv(Hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
        var (values, result) = (new ByteVector(), new ByteVector());
        values.Add([]);
        siv.Seal(values, result);
        Assert.Equal(Hex("f2007a5beb2b8900c588a7adf599f172"), result[0].ToArray());
    }

    [Theory]
    [InlineData("2B7E151628AED2A6ABF7158809CF4F3C", 10, "", "0123456789", "2433477484")]
    [InlineData("2B7E151628AED2A6ABF7158809CF4F3C", 10, "39383736353433323130", "0123456789", "6124200773")]
    [InlineData("2B7E151628AED2A6ABF7158809CF4F3C", 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum")]
    [InlineData("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F", 10, "", "0123456789", "2830668132")]
    [InlineData("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F", 10, "39383736353433323130", "0123456789", "2496655549")]
    [InlineData(
        "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F",
        36,
        "3737373770717273373737",
        "0123456789abcdefghi",
        "xbj3kv35jrawxv32ysr"
    )]
    [InlineData(Aes256Key, 10, "", "0123456789", "6657667009")]
    [InlineData(Aes256Key, 10, "39383736353433323130", "0123456789", "1001623463")]
    [InlineData(Aes256Key, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd")]
    public void NIST_gives_these_samples_of_FF1(string key, int radix, string tweak, string plain, string encrypted)
    {
        var bytes = Hex(tweak);
        var lane = new Ff1Lane(radix, plain.Length, 0, 0, bytes.Length);
        var halves = new uint[2 * lane.HalfLimbs];
        ReferenceFf1.Store(ReferenceFf1.Numerals(plain), lane, halves);
        using var ff1 = new Ff1(Hex(key));
        ff1.Run([lane], bytes, halves, decrypt: false);
        Assert.Equal(ReferenceFf1.Numerals(encrypted), ReferenceFf1.Load(lane, halves));
        ff1.Run([lane], bytes, halves, decrypt: true);
        Assert.Equal(ReferenceFf1.Numerals(plain), ReferenceFf1.Load(lane, halves));
        Assert.Equal(ReferenceFf1.Numerals(encrypted), ReferenceFf1.Encrypt(Hex(key), radix, bytes, ReferenceFf1.Numerals(plain)));
    }

    [Theory]
    [InlineData(0x01, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271")]
    [InlineData(0x03, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d")]
    public void C2SP_gives_these_samples_of_XAES_256_GCM(byte key, string associated, string expected)
    {
        var (encrypted, tag, plain) = (new byte[12], new byte[16], new byte[12]);
        var nonce = "ABCDEFGHIJKLMNOPQRSTUVWX"u8;
        using var xaes = new XaesGcm([.. Enumerable.Repeat(key, 32)]);
        xaes.Encrypt(nonce, "XAES-256-GCM"u8, encrypted, tag, Encoding.ASCII.GetBytes(associated));
        Assert.Equal(Hex(expected), encrypted.Concat(tag));
        xaes.Decrypt(nonce, encrypted, tag, plain, Encoding.ASCII.GetBytes(associated));
        Assert.Equal("XAES-256-GCM"u8.ToArray(), plain);
    }

    [Fact]
    public void XAES_256_GCM_tells_nonces_apart_by_either_half()
    {
        using var xaes = new XaesGcm(new byte[32]);
        string Encrypt(string nonce)
        {
            var (encrypted, tag) = (new byte[5], new byte[16]);
            xaes.Encrypt(Encoding.ASCII.GetBytes(nonce), "value"u8, encrypted, tag);
            return Convert.ToHexString(tag);
        }
        var first = Encrypt("aaaaaaaaaaaabbbbbbbbbbbb");
        Assert.NotEqual(first, Encrypt("aaaaaaaaaaaabbbbbbbbbbbc"));
        Assert.NotEqual(first, Encrypt("caaaaaaaaaaabbbbbbbbbbbb"));
        Assert.Equal(first, Encrypt("aaaaaaaaaaaabbbbbbbbbbbb"));
    }

    [Fact]
    public void The_hash_is_HMAC_SHA256_under_a_derived_key()
    {
        var keys = MaskKeys.Parse("this is a masking key of enough bytes");
        using var mask = Mask.Create(MaskStrategy.Hash, keys);
        var expected = HMACSHA256.HashData(keys.Derive("hash", 1, 32), "Jane"u8);
        Assert.Equal(Convert.ToHexStringLower(expected), mask.Apply("Jane"));
    }

    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData("4a656665", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    public void RFC_4231_gives_these_codes(string key, string text, string code)
    {
        using var mask = new HashMask(Hex(key));
        Assert.Equal(code, mask.Apply(text));
    }
}
