using System.Globalization;
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

    [Fact]
    public void A_value_of_several_classes_is_FF1_over_bits_until_it_is_of_the_domain()
    {
        // 26 * 10 * 10 * 26 * 26 * 26 is under 2^26, and four in ten numbers of 26 bits are not of the domain.
        foreach (var value in Enumerable.Range(0, 50).Select(i => $"A{i:D2}xyz"))
        {
            byte[] kinds = [2, 0, 0, 1, 1, 1];
            int[] radices = [26, 10, 10, 26, 26, 26];
            var rank = value
                .Zip(radices)
                .Aggregate(
                    0,
                    (number, place) =>
                        number * place.Second
                        + place.First
                        - (
                            place.Second == 10 ? '0'
                            : char.IsUpper(place.First) ? 'A'
                            : 'a'
                        )
                );
            var bits = Enumerable.Range(0, 26).Select(i => rank >> (25 - i) & 1).ToArray();
            do bits = ReferenceFf1.Encrypt(Samples.Key.Derive("tokenize-preserve", 1, 32), 2, kinds, bits);
            while (bits.Aggregate(0, (number, bit) => 2 * number + bit) >= 26 * 10 * 10 * 26 * 26 * 26);
            rank = bits.Aggregate(0, (number, bit) => 2 * number + bit);
            var expected = new char[6];
            for (var i = 5; i >= 0; i--, rank /= radices[i + 1])
                expected[i] = (char)(
                    (
                        radices[i] == 10 ? '0'
                        : i == 0 ? 'A'
                        : 'a'
                    )
                    + rank % radices[i]
                );
            Assert.Equal(new string(expected), Mask.Apply(value));
        }
    }

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

    private static string Member(string format, int number)
    {
        var member = format.ToCharArray();
        for (var i = member.Length - 1; i >= 0; i--)
        {
            var radix =
                char.IsDigit(member[i]) ? 10
                : char.IsUpper(member[i]) ? 26
                : 1;
            member[i] = (char)(member[i] + number % radix);
            number /= radix;
        }
        return new string(member);
    }

    [Fact]
    public void The_largest_small_domain_and_the_smallest_other_one_can_be_undone()
    {
        string[] values = ["12345", "99999", "999Z9", "AB123", "123456", "000000", "999999"];
        Assert.Equal(values, Samples.Undo(Mask, Samples.Apply(Mask, values)));
        Assert.All(Samples.Apply(Mask, values).Zip(values), pair => Assert.NotEqual(pair.Second, pair.First));
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
