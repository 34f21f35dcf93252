using System.Text;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public class MaskKeysTests
{
    [Fact]
    public void A_single_key_is_version_1()
    {
        var keys = MaskKeys.Parse(Samples.KeyText + "\n");
        Assert.Equal(1, keys.CurrentVersion);
        Assert.Equal([1], keys.Versions);
        Assert.Equal(keys.Derive("hash", 1, 32), MaskKeys.Parse("v1:" + Samples.KeyText).Derive("hash", 1, 32));
    }

    [Fact]
    public void Base64_and_its_form_for_addresses_are_the_same_key()
    {
        var bytes = Enumerable.Range(200, 40).Select(i => (byte)i).ToArray();
        var standard = Convert.ToBase64String(bytes);
        var addresses = standard.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        Assert.NotEqual(standard, addresses);
        Assert.Equal(MaskKeys.Parse(standard).Derive("hash", 1, 32), MaskKeys.Parse(addresses).Derive("hash", 1, 32));
    }

    [Fact]
    public void A_long_text_that_is_not_base64_is_a_key_by_its_bytes()
    {
        var text = "correct horse battery staple, and so on";
        var same = MaskKeys.Parse("v1:" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(same.Derive("hash", 1, 32), MaskKeys.Parse(text).Derive("hash", 1, 32));
    }

    [Fact]
    public void The_first_of_several_versions_writes()
    {
        var keys = MaskKeys.Parse($"v2:{Samples.OtherKeyText}, v11:{Samples.KeyText}");
        Assert.Equal(2, keys.CurrentVersion);
        Assert.Equal([2, 11], keys.Versions);
        Assert.Equal(Samples.OtherKey.Derive("hash", 1, 32), keys.Derive("hash", 2, 32));
    }

    [Fact]
    public void Every_purpose_and_version_has_its_own_key()
    {
        var keys = MaskKeys.Parse($"v2:{Samples.OtherKeyText},v1:{Samples.KeyText}");
        var derived = new[] { keys.Derive("hash", 1, 32), keys.Derive("hash", 2, 32), keys.Derive("tokenize", 1, 32) };
        Assert.Equal(3, derived.Select(Convert.ToHexString).Distinct().Count());
    }

    [Theory]
    [InlineData("too short", "9 bytes")]
    [InlineData("", "0 bytes")]
    [InlineData("v1:AAAA", "3 bytes")]
    [InlineData("v1:not base64 at all, is it", "Version 1 of the masking key is not base64")]
    [InlineData("v1:" + Samples.KeyText + ",v1:" + Samples.OtherKeyText, "version 1 twice")]
    [InlineData("v1:" + Samples.KeyText + ",", "Part 2")]
    [InlineData("v0:" + Samples.KeyText, "Part 1")]
    [InlineData("v99999999999:" + Samples.KeyText, "Part 1")]
    public void A_bad_key_is_refused_without_being_shown(string text, string part)
    {
        var error = Assert.Throws<MaskException>(() => MaskKeys.Parse(text));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAEC", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not base64 at all", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_of_a_key_shows_its_versions_only() =>
        Assert.Equal("masking key, versions 2, 1", MaskKeys.Parse($"v2:{Samples.OtherKeyText},v1:{Samples.KeyText}").ToString());
}
