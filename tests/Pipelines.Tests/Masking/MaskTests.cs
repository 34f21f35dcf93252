using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public class MaskTests
{
    public static TheoryData<MaskStrategy, bool> Strategies =>
        new()
        {
            { MaskStrategy.Hash, false },
            { MaskStrategy.Redact, false },
            { MaskStrategy.Tokenize, false },
            { MaskStrategy.Tokenize, true },
            { MaskStrategy.Encrypt, false },
        };

    public static TheoryData<MaskStrategy, bool> Reversible =>
        new()
        {
            { MaskStrategy.Tokenize, false },
            { MaskStrategy.Tokenize, true },
            { MaskStrategy.Encrypt, false },
        };

    public static TheoryData<MaskStrategy, bool> Deterministic =>
        new()
        {
            { MaskStrategy.Hash, false },
            { MaskStrategy.Tokenize, false },
            { MaskStrategy.Tokenize, true },
        };

    private static Mask Make(MaskStrategy strategy, bool preserve, MaskKeys? keys = null) =>
        Mask.Create(strategy, keys ?? Samples.Key, new MaskOptions { PreserveFormat = preserve });

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Null_stays_null(MaskStrategy strategy, bool preserve)
    {
        using var mask = Make(strategy, preserve);
        var masked = Samples.Apply(mask, null, "Jane Doe", null, "1234567", null);
        Assert.Equal([true, false, true, false, true], masked.Select(value => value is null));
        Assert.Null(mask.Apply((string?)null));
        Assert.Empty(Samples.Apply(mask));
    }

    [Theory]
    [MemberData(nameof(Reversible))]
    public void What_was_masked_can_be_unmasked(MaskStrategy strategy, bool preserve)
    {
        using var mask = Make(strategy, preserve);
        var values = (preserve ? Samples.Text : Samples.AnyText).OrNull().ArrayOf();
        Prop.ForAll(values.ToArbitrary(), texts => Samples.Undo(mask, Samples.Apply(mask, texts)).SequenceEqual(texts))
            .QuickCheckThrowOnFailure();
        Assert.Equal("", mask.Undo(mask.Apply("")));
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void A_vector_gives_what_its_values_give_one_at_a_time(MaskStrategy strategy, bool preserve)
    {
        using var whole = Make(strategy, preserve);
        using var single = Make(strategy, preserve);
        Prop.ForAll(
                Samples.Text.OrNull().ArrayOf().ToArbitrary(),
                texts => Samples.Apply(whole, texts).SequenceEqual(texts.Select(single.Apply))
            )
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void Equal_values_have_equal_masks_and_others_have_others(MaskStrategy strategy, bool preserve)
    {
        using var mask = Make(strategy, preserve);
        using var again = Make(strategy, preserve, MaskKeys.Parse(Samples.KeyText));
        var values = Enumerable.Range(0, 3000).Select(i => $"{i:D9}").ToArray();
        var masked = Samples.Apply(mask, values);
        Assert.Equal(masked, Samples.Apply(again, values));
        Assert.Equal(values.Length, masked.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void Two_keys_give_different_masks(MaskStrategy strategy, bool preserve)
    {
        using var mask = Make(strategy, preserve);
        using var other = Make(strategy, preserve, Samples.OtherKey);
        string[] values = ["123-45-6789", "jane.doe@example.com", "Łódź Żółć Ąę", "AB12cd"];
        Assert.All(Samples.Apply(mask, values).Zip(Samples.Apply(other, values)), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void Encrypting_twice_gives_two_values()
    {
        using var mask = Make(MaskStrategy.Encrypt, false);
        var masked = Samples.Apply(mask, "a", "a", "a").Append(mask.Apply("a")).ToArray();
        Assert.Equal(4, masked.Distinct().Count());
        Assert.All(Samples.Undo(mask, masked), value => Assert.Equal("a", value));
    }

    [Theory]
    [InlineData(MaskStrategy.Tokenize, "tok:v7:")]
    [InlineData(MaskStrategy.Encrypt, "enc:v7:")]
    public void A_value_names_its_scheme_and_key_version(MaskStrategy strategy, string start)
    {
        using var mask = Mask.Create(strategy, MaskKeys.Parse("v7:" + Samples.KeyText));
        Assert.StartsWith(start, mask.Apply("Jane"), StringComparison.Ordinal);
        Assert.Matches("^[a-z]+:v7:[A-Za-z0-9_-]+$", mask.Apply("Jane"));
    }

    [Theory]
    [InlineData(MaskStrategy.Tokenize)]
    [InlineData(MaskStrategy.Encrypt)]
    public void A_changed_value_is_refused(MaskStrategy strategy)
    {
        using var mask = Make(strategy, false);
        var masked = mask.Apply("Jane Doe")!;
        for (var i = "tok:v1:".Length; i < masked.Length; i++)
        {
            // The first bit of a character's six is part of a byte even in the last character.
            var changed = masked.ToCharArray();
            changed[i] = Base64Digit(Base64Value(changed[i]) ^ 0b100000);
            var error = Assert.Throws<MaskException>(() => mask.Undo(new string(changed)));
            Assert.Contains("changed", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Jane", error.Message, StringComparison.Ordinal);
        }
    }

    private const string Base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static int Base64Value(char digit) => Base64Digits.IndexOf(digit, StringComparison.Ordinal);

    private static char Base64Digit(int value) => Base64Digits[value];

    [Theory]
    [InlineData(MaskStrategy.Tokenize, "tok")]
    [InlineData(MaskStrategy.Encrypt, "enc")]
    public void What_is_not_a_masked_value_is_refused(MaskStrategy strategy, string scheme)
    {
        using var mask = Make(strategy, false);
        foreach (var text in new[] { "", "Jane", scheme, $"{scheme}:v1", $"{scheme}:v:AAAA", $"{scheme}:vx:AAAA", $"{scheme}:v1:A*" })
            Assert.Contains("not of the form", Assert.Throws<MaskException>(() => mask.Undo(text)).Message, StringComparison.Ordinal);
        foreach (var text in new[] { $"{scheme}:v1:", $"{scheme}:v1:AAAA" })
            Assert.Contains("version 1", Assert.Throws<MaskException>(() => mask.Undo(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MaskStrategy.Tokenize)]
    [InlineData(MaskStrategy.Encrypt)]
    public void Another_key_of_the_same_version_is_refused(MaskStrategy strategy)
    {
        using var mask = Make(strategy, false);
        using var other = Make(strategy, false, Samples.OtherKey);
        Assert.Throws<MaskException>(() => other.Undo(mask.Apply("Jane")));
    }

    [Theory]
    [InlineData(MaskStrategy.Tokenize)]
    [InlineData(MaskStrategy.Encrypt)]
    public void Older_versions_are_read_and_missing_ones_named(MaskStrategy strategy)
    {
        var rotated = MaskKeys.Parse($"v2:{Samples.OtherKeyText},v1:{Samples.KeyText}");
        using var first = Make(strategy, false);
        using var second = Make(strategy, false, rotated);
        var mixed = new[] { first.Apply("a"), second.Apply("b"), null, first.Apply("c"), first.Apply("d"), second.Apply("e") };
        Assert.Equal(new string?[] { "a", "b", null, "c", "d", "e" }, Samples.Undo(second, mixed));
        var error = Assert.Throws<MaskException>(() => first.Undo(mixed[1]));
        Assert.Contains("version 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_kept_its_format_is_undone_by_naming_its_version()
    {
        using var first = Make(MaskStrategy.Tokenize, true);
        var rotated = MaskKeys.Parse($"v2:{Samples.OtherKeyText},v1:{Samples.KeyText}");
        using var old = Mask.Create(MaskStrategy.Tokenize, rotated, new MaskOptions { PreserveFormat = true, KeyVersion = 1 });
        using var current = Make(MaskStrategy.Tokenize, true, rotated);
        Assert.Equal("123-45-6789", old.Undo(first.Apply("123-45-6789")));
        Assert.NotEqual("123-45-6789", current.Undo(first.Apply("123-45-6789")));
    }

    [Theory]
    [InlineData(MaskStrategy.Hash)]
    [InlineData(MaskStrategy.Redact)]
    public void What_is_gone_cannot_be_undone(MaskStrategy strategy)
    {
        using var mask = Make(strategy, false);
        Assert.Contains("cannot be unmasked", Assert.Throws<MaskException>(() => mask.Undo("***")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_go_with_a_strategy_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Mask.Create(MaskStrategy.Hash, Samples.Key, new MaskOptions { KeepLast = 4 }));
        Assert.Throws<ArgumentException>(() => Mask.Create(MaskStrategy.Encrypt, Samples.Key, new MaskOptions { PreserveFormat = true }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Mask.Create(MaskStrategy.Redact, null, new MaskOptions { KeepLast = -1 }));
        Assert.Throws<ArgumentNullException>(() => Mask.Create(MaskStrategy.Hash, null));
        Assert.Throws<MaskException>(() => Mask.Create(MaskStrategy.Hash, Samples.Key, new MaskOptions { KeyVersion = 9 }));
    }

    [Fact]
    public void Large_values_and_many_of_them_are_masked_as_small_ones_are()
    {
        using var tokens = Make(MaskStrategy.Tokenize, false);
        using var encryption = Make(MaskStrategy.Encrypt, false);
        var values = Enumerable.Range(0, 2500).Select(i => i % 500 == 0 ? new string('é', 20_000) + i : $"value {i}").ToArray();
        Assert.Equal(values, Samples.Undo(tokens, Samples.Apply(tokens, values)));
        Assert.Equal(values, Samples.Undo(encryption, Samples.Apply(encryption, values)));
    }
}
