using System.Text;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>The classes of characters that a token keeps when it keeps the format: a character is replaced by one of its own class, and classes
/// are made so that all members of one take equally many bytes. A class, its members and their order are part of every token ever made, so
/// nothing here may change; a class may be added at the end. What is no letter and no digit is in no class and stays.</summary>
internal static class Alphabets
{
    /// <summary>Every <c>Step</c>-th code point from <c>First</c> to <c>Last</c>.</summary>
    private readonly record struct Range(int First, int Last, int Step = 1)
    {
        public int Count => (Last - First) / Step + 1;

        public bool Contains(int codePoint) => codePoint >= First && codePoint <= Last && (codePoint - First) % Step == 0;
    }

    private static readonly Range[][] Classes =
    [
        [new('0', '9')],
        [new('a', 'z')],
        [new('A', 'Z')],
        // Latin letters with accents, Latin-1 and Extended-A, small and capital.
        [
            new(0xDF, 0xF6),
            new(0xF8, 0xFF),
            new(0x101, 0x137, 2),
            new(0x138, 0x148, 2),
            new(0x149, 0x149),
            new(0x14B, 0x177, 2),
            new(0x17A, 0x17E, 2),
            new(0x17F, 0x17F),
        ],
        [
            new(0xC0, 0xD6),
            new(0xD8, 0xDE),
            new(0x100, 0x136, 2),
            new(0x139, 0x147, 2),
            new(0x14A, 0x176, 2),
            new(0x178, 0x178),
            new(0x179, 0x17D, 2),
        ],
        // The same of Latin Extended Additional, which is what Vietnamese needs.
        [new(0x1E01, 0x1E95, 2), new(0x1EA1, 0x1EFF, 2)],
        [new(0x1E00, 0x1E94, 2), new(0x1EA0, 0x1EFE, 2)],
        // Greek.
        [new(0x3AC, 0x3CE)],
        [new(0x386, 0x386), new(0x388, 0x38A), new(0x38C, 0x38C), new(0x38E, 0x38F), new(0x391, 0x3A1), new(0x3A3, 0x3AB)],
        // Cyrillic.
        [new(0x430, 0x45F), new(0x461, 0x481, 2), new(0x48B, 0x4BF, 2), new(0x4D1, 0x4FF, 2)],
        [new(0x400, 0x42F), new(0x460, 0x480, 2), new(0x48A, 0x4BE, 2), new(0x4D0, 0x4FE, 2)],
        // Hebrew, Arabic and its digits.
        [new(0x5D0, 0x5EA)],
        [new(0x620, 0x63F), new(0x641, 0x64A), new(0x671, 0x6D3)],
        [new(0x660, 0x669)],
        // Hiragana, Katakana, Han, Hangul.
        [new(0x3041, 0x3096)],
        [new(0x30A1, 0x30FA)],
        [new(0x4E00, 0x9FA5)],
        [new(0xAC00, 0xD7A3)],
        // Digits and letters of full width.
        [new(0xFF10, 0xFF19)],
        [new(0xFF41, 0xFF5A)],
        [new(0xFF21, 0xFF3A)],
    ];

    private static readonly int[] Radices = Array.ConvertAll(Classes, ranges => ranges.Sum(range => range.Count));

    /// <summary>Of each ASCII character its class, or -1: nearly all text is ASCII, and a look-up is many times faster than a search.</summary>
    private static readonly sbyte[] Ascii = [.. Enumerable.Range(0, 128).Select(AsciiKind)];

    /// <summary>How many classes there are.</summary>
    public static int Count => Classes.Length;

    /// <summary>How many characters a class has.</summary>
    public static int Radix(int kind) => Radices[kind];

    /// <summary>Finds an ASCII character's class and its place in it.</summary>
    public static bool TryFind(byte ascii, out int kind, out int digit)
    {
        kind = Ascii[ascii];
        digit = kind < 0 ? -1 : ascii - Classes[kind][0].First;
        return kind >= 0;
    }

    /// <summary>Finds a character's class and its place in it.</summary>
    public static bool TryFind(Rune rune, out int kind, out int digit)
    {
        for (kind = 0; kind < Classes.Length; kind++)
        {
            digit = 0;
            foreach (var range in Classes[kind])
            {
                if (range.Contains(rune.Value))
                {
                    digit += (rune.Value - range.First) / range.Step;
                    return true;
                }
                digit += range.Count;
            }
        }
        (kind, digit) = (-1, -1);
        return false;
    }

    /// <summary>The character at a place of a class.</summary>
    public static Rune Character(int kind, int digit)
    {
        foreach (var range in Classes[kind])
        {
            if (digit < range.Count)
                return new Rune(range.First + digit * range.Step);
            digit -= range.Count;
        }
        throw new ArgumentOutOfRangeException(nameof(digit));
    }

    private static sbyte AsciiKind(int character) => TryFind(new Rune(character), out var kind, out _) ? (sbyte)kind : (sbyte)-1;
}
