using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public class FormatTests
{
    private static readonly Mask Mask = Mask.Create(MaskStrategy.Tokenize, Samples.Key, new MaskOptions { PreserveFormat = true });

    [Theory]
    [InlineData("123-45-6789", "^[0-9]{3}-[0-9]{2}-[0-9]{4}$")]
    [InlineData("(555) 010-9999 x12", "^\\([0-9]{3}\\) [0-9]{3}-[0-9]{4} [a-z][0-9]{2}$")]
    [InlineData("Jane.O'Neill@Example.com", "^[A-Z][a-z]{3}\\.[A-Z]'[A-Z][a-z]{4}@[A-Z][a-z]{6}\\.[a-z]{3}$")]
    [InlineData("GB29 NWBK 6016 1331 9268 19", "^[A-Z]{2}[0-9]{2} [A-Z]{4} [0-9]{4} [0-9]{4} [0-9]{4} [0-9]{2}$")]
    [InlineData("🙂 7 🙂", "^🙂 [0-9] 🙂$")]
    public void Everything_keeps_its_place(string value, string pattern)
    {
        Assert.Matches(pattern, Mask.Apply(value));
        Assert.NotEqual(value, Mask.Apply(value));
        Assert.Equal(value, Mask.Undo(Mask.Apply(value)));
    }

    [Fact]
    public void Length_categories_and_all_else_are_kept() =>
        Prop.ForAll(
                Samples.Text.ToArbitrary(),
                text =>
                {
                    var before = text.EnumerateRunes().ToArray();
                    var after = Mask.Apply(text)!.EnumerateRunes().ToArray();
                    return before.Length == after.Length
                        && before.Zip(after).All(pair => SameClass(pair.First, pair.Second))
                        && Encoding.UTF8.GetByteCount(text) == Encoding.UTF8.GetByteCount(Mask.Apply(text)!);
                }
            )
            .QuickCheckThrowOnFailure();

    private static bool SameClass(Rune before, Rune after) =>
        Rune.IsLetterOrDigit(before) ? Rune.GetUnicodeCategory(before) == Rune.GetUnicodeCategory(after) : before == after;

    [Theory]
    [InlineData("0123456789")]
    [InlineData("4111111111111111")]
    [InlineData("123456789012345678901234567890123456")]
    [InlineData("abcdefghijklmnopqrstuvwxyz")]
    public void A_value_of_one_class_is_FF1_in_its_radix(string value)
    {
        var (radix, first) = char.IsDigit(value[0]) ? (10, '0') : (26, 'a');
        var kind = (byte)(radix == 10 ? 0 : 1);
        var numerals = ReferenceFf1.Encrypt(
            Samples.Key.Derive("tokenize-preserve", 1, 32),
            radix,
            [.. Enumerable.Repeat(kind, value.Length)],
            [.. value.Select(character => character - first)]
        );
        Assert.Equal(string.Concat(numerals.Select(numeral => (char)(first + numeral))), Mask.Apply(value));
    }

    [Theory]
    [InlineData("AAA0", 100, 20)]
    [InlineData("aaaa", 100, 20)]
    [InlineData("A00aaa", 100, 26)]
    [InlineData("0A0A0A0A0A0A0A0A0A0A", 10, 81)]
    public void Other_values_are_FF1_over_bits_until_one_is_of_the_domain(string format, int count, int bits)
    {
        var size = Size(format);
        Assert.Equal(bits, Math.Max(20, (int)(size - 1).GetBitLength()));
        byte[] kinds =
        [
            .. format.Select(character =>
                (byte)(
                    character == '0' ? 0
                    : character == 'a' ? 1
                    : 2
                )
            ),
        ];
        var key = Samples.Key.Derive("tokenize-preserve", 1, 32);
        for (var i = 0; i < count; i++)
        {
            var number = size * i / count;
            var numerals = Enumerable.Range(0, bits).Select(place => (int)(number >> (bits - 1 - place) & 1)).ToArray();
            do numerals = ReferenceFf1.Encrypt(key, 2, kinds, numerals);
            while (Number(numerals) >= size);
            Assert.Equal(Member(format, Number(numerals)), Mask.Apply(Member(format, number)));
        }
    }

    private static BigInteger Number(int[] bits) => bits.Aggregate(BigInteger.Zero, (number, bit) => 2 * number + bit);

    private static BigInteger Size(string format) =>
        format.Aggregate(
            BigInteger.One,
            (size, character) =>
                size
                * (
                    character == '0' ? 10
                    : char.IsLetter(character) ? 26
                    : 1
                )
        );

    [Theory]
    [InlineData("0", 10)]
    [InlineData("00", 100)]
    [InlineData("0-0-0", 1000)]
    [InlineData("A0", 260)]
    public void A_small_domain_is_permuted(string format, int size)
    {
        var members = Enumerable.Range(0, size).Select(i => Member(format, i)).ToArray();
        var tokens = Samples.Apply(Mask, members);
        Assert.Equal(members.Order(StringComparer.Ordinal), tokens.Order(StringComparer.Ordinal));
        Assert.NotEqual(members, tokens);
        Assert.Equal(members, Samples.Undo(Mask, tokens));
        using var other = Mask.Create(MaskStrategy.Tokenize, Samples.OtherKey, new MaskOptions { PreserveFormat = true });
        Assert.NotEqual(tokens, Samples.Apply(other, members));
    }

    private static string Member(string format, BigInteger number)
    {
        var member = format.ToCharArray();
        for (var i = member.Length - 1; i >= 0; i--)
        {
            var radix =
                member[i] == '0' ? 10
                : char.IsLetter(member[i]) ? 26
                : 1;
            member[i] = (char)(member[i] + (int)(number % radix));
            number /= radix;
        }
        return new string(member);
    }

    [Fact]
    public void Values_of_all_lengths_can_be_undone()
    {
        var values = Enumerable
            .Range(0, 140)
            .SelectMany(length =>
                new[] { new string('7', length), new string('q', length), string.Concat(Enumerable.Repeat("Aé7", length)) }
            )
            .ToArray();
        Assert.Equal(values, Samples.Undo(Mask, Samples.Apply(Mask, values)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--")]
    [InlineData("€ / 🙂")]
    public void What_has_no_letter_and_no_digit_stays(string value) => Assert.Equal(value, Mask.Apply(value));

    [Theory]
    [InlineData("नमस्ते")]
    [InlineData("x²")]
    [InlineData("𝐀")]
    [InlineData("\uE000")]
    public void A_letter_that_would_stay_readable_is_refused(string value)
    {
        var error = Assert.Throws<MaskException>(() => Mask.Apply(value));
        Assert.Contains("script", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prose_is_refused()
    {
        Assert.Contains(
            "identifiers",
            Assert.Throws<MaskException>(() => Mask.Apply(new string('a', 1025))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(new string('a', 1024), Mask.Undo(Mask.Apply(new string('a', 1024))));
    }

    [Fact]
    public void What_is_not_UTF_8_is_refused()
    {
        var values = new ByteVector();
        values.Add([0x41, 0xFF]);
        Assert.Contains(
            "UTF-8",
            Assert.Throws<MaskException>(() => Mask.Apply(values, new ByteVector())).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_class_has_characters_of_one_category_and_one_size_and_no_character_is_in_two()
    {
        var seen = new HashSet<Rune>();
        for (var kind = 0; kind < Alphabets.Count; kind++)
        {
            var members = Enumerable.Range(0, Alphabets.Radix(kind)).Select(digit => Alphabets.Character(kind, digit)).ToArray();
            Assert.InRange(members.Length, 10, ushort.MaxValue);
            Assert.Single(members.Select(rune => Rune.GetUnicodeCategory(rune)).Distinct());
            Assert.Single(members.Select(rune => rune.Utf8SequenceLength).Distinct());
            Assert.All(members, rune => Assert.True(seen.Add(rune), $"U+{rune.Value:X4}"));
            for (var digit = 0; digit < members.Length; digit++)
            {
                Assert.True(Alphabets.TryFind(members[digit], out var foundKind, out var foundDigit));
                Assert.Equal((kind, digit), (foundKind, foundDigit));
            }
        }
    }
}
