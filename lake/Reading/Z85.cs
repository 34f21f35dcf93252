using System.Buffers.Binary;

namespace ServerlessHub.Lake.Reading;

/// <summary>The text form of bytes that deletion vectors have in the log: ZeroMQ's variant of Base85, four bytes in five characters.</summary>
internal static class Z85
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    private const char Missing = '#';
    private const int Base = 85;
    private const int Characters = 5;
    private const int Bytes = 4;

    /// <summary>Reads bytes; as many as four fifths of the characters, so the last ones may be padding.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % Characters != 0)
            throw new FormatException($"a text of {text.Length} characters is no Base85, which has five for four bytes");
        var bytes = new byte[text.Length / Characters * Bytes];
        for (var group = 0; group < text.Length / Characters; group++)
            Decode(text.Slice(group * Characters, Characters), bytes.AsSpan(group * Bytes, Bytes));
        return bytes;
    }

    private static void Decode(ReadOnlySpan<char> group, Span<byte> bytes)
    {
        // A number that begins so is too large for four bytes; some writers put it before a last group that stands for fewer.
        var missing = group.Length - group.TrimStart(Missing).Length;
        ulong number = 0;
        foreach (var character in group[missing..])
            number = (number * Base) + Digit(character);
        if (missing >= Bytes || number >> (8 * (Bytes - missing)) != 0)
            throw new FormatException($"'{group}' is no Base85, it is too large for {Bytes} bytes");
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number << (8 * missing));
    }

    /// <summary>Writes bytes, filled up with zeros to a multiple of four.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var padded = new byte[(bytes.Length + Bytes - 1) / Bytes * Bytes];
        bytes.CopyTo(padded);
        return string.Create(
            padded.Length / Bytes * Characters,
            padded,
            (text, source) =>
            {
                for (var group = 0; group < source.Length / Bytes; group++)
                {
                    var number = BinaryPrimitives.ReadUInt32BigEndian(source.AsSpan(group * Bytes));
                    for (var place = Characters - 1; place >= 0; place--)
                    {
                        text[(group * Characters) + place] = Alphabet[(int)(number % Base)];
                        number /= Base;
                    }
                }
            }
        );
    }

    private static uint Digit(char character) =>
        Alphabet.IndexOf(character, StringComparison.Ordinal) is >= 0 and var digit
            ? (uint)digit
            : throw new FormatException($"'{character}' is no digit of Base85");
}
