using System.Text;
using System.Text.Unicode;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Guesses the encoding of a text file from its first bytes.</summary>
internal static class EncodingSniffer
{
    // In UTF-16 every other byte of Western text is zero; a share like this never happens in text of one byte a character.
    private const double ZeroShare = 0.3;

    /// <summary>The encoding's IANA name.</summary>
    /// <param name="sample">The file's first bytes; the last character may be cut.</param>
    public static Guess<string> Sniff(ReadOnlySpan<byte> sample) =>
        sample switch
        {
            [0xEF, 0xBB, 0xBF, ..] => new("UTF-8", 1, "a byte order mark"),
            [0xFF, 0xFE, ..] => new("UTF-16LE", 1, "a byte order mark"),
            [0xFE, 0xFF, ..] => new("UTF-16BE", 1, "a byte order mark"),
            _ when ZerosAt(sample, 1) > ZeroShare => new("UTF-16LE", 0.95, "every other byte is zero"),
            _ when ZerosAt(sample, 0) > ZeroShare => new("UTF-16BE", 0.95, "every other byte is zero"),
            _ when !sample.ContainsAnyInRange((byte)0x80, (byte)0xFF) => new("UTF-8", 1, "only ASCII so far"),
            _ when Utf8.IsValid(WithoutCutCharacter(sample)) => new("UTF-8", 0.99, "every sequence of bytes is valid UTF-8"),
            // Windows-1252 has letters and quotation marks where Latin-1 has control characters that no text holds.
            _ when sample.ContainsAnyInRange((byte)0x80, (byte)0x9F) => new(
                "windows-1252",
                0.7,
                "not UTF-8, and bytes that Latin-1 leaves unused"
            ),
            _ => new("ISO-8859-1", 0.7, "not UTF-8"),
        };

    /// <summary>The text of a sample, without a byte order mark.</summary>
    public static string Decode(ReadOnlySpan<byte> sample, string encoding)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding(encoding).GetString(sample).TrimStart('\uFEFF');
    }

    private static double ZerosAt(ReadOnlySpan<byte> sample, int parity)
    {
        var zeros = 0;
        for (var i = parity; i < sample.Length; i += 2)
            zeros += sample[i] == 0 ? 1 : 0;
        return sample.Length < 2 ? 0 : zeros / (sample.Length / 2.0);
    }

    private static ReadOnlySpan<byte> WithoutCutCharacter(ReadOnlySpan<byte> sample)
    {
        for (var back = 1; back <= Math.Min(3, sample.Length); back++)
            if (Rune.DecodeFromUtf8(sample[^back..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData)
                return sample[..^back];
        return sample;
    }
}
