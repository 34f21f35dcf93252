using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Tests.Secrets;

public class HubSecretsTests
{
    private static HubSecrets Hub(TemporaryFolder root, params (string Name, string Value)[] variables) =>
        new(root.Path, name => Array.Find(variables, variable => variable.Name == name).Value);

    private static string KeyFile(TemporaryFolder root) => Path.Combine(root.Path, ".hub", "secrets", "masking-key");

    [Fact]
    public void A_missing_secret_is_named_with_the_places_to_put_it()
    {
        using var root = new TemporaryFolder();
        var error = Assert.Throws<SecretException>(() => Hub(root).Get("pg-password"));
        Assert.Contains("'pg-password'", error.Message, StringComparison.Ordinal);
        Assert.Contains("HUB_SECRET_PG_PASSWORD", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(".hub", "secrets", "pg-password"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_folder_of_secrets_can_be_named()
    {
        using var root = new TemporaryFolder();
        using var mounted = new TemporaryFolder();
        mounted.Write("pg-password", "hunter2\n");
        Assert.Equal("hunter2", Hub(root, ("HUB_SECRETS", mounted.Path)).Get("pg-password").Reveal());
    }

    [Fact]
    public void A_key_vault_that_is_no_address_is_refused()
    {
        using var root = new TemporaryFolder();
        foreach (var address in new[] { "my-hub", "http://my-hub.vault.azure.net" })
            Assert.Contains(
                address,
                Assert.Throws<SecretException>(() => Hub(root, ("HUB_KEY_VAULT", address))).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void With_a_key_vault_the_other_places_come_first()
    {
        using var root = new TemporaryFolder();
        var hub = Hub(root, ("HUB_KEY_VAULT", "https://my-hub.vault.azure.net"), ("HUB_SECRET_MASKING_KEY", "from environment"));
        Assert.Equal("from environment", hub.MaskingKey().Reveal());
        Assert.False(File.Exists(KeyFile(root)));
    }

    [Fact]
    public void The_masking_key_is_made_once_and_only_its_owner_can_read_it()
    {
        using var root = new TemporaryFolder();
        var key = Hub(root).MaskingKey().Reveal();
        Assert.Equal(key, Hub(root).MaskingKey().Reveal());
        Assert.Equal(32, Convert.FromBase64String(key).Length);
        Assert.Equal([1], MaskKeys.Parse(key).Versions);
        Assert.Equal([".gitignore", "masking-key"], Names(root));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile(root)));
        using var other = new TemporaryFolder();
        Assert.NotEqual(key, Hub(other).MaskingKey().Reveal());
    }

    private static IEnumerable<string?> Names(TemporaryFolder root) =>
        Directory.GetFiles(Path.GetDirectoryName(KeyFile(root))!).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    [Fact]
    public void Many_that_make_the_masking_key_at_once_get_the_same()
    {
        using var root = new TemporaryFolder();
        using var start = new Barrier(8);
        var keys = new string[8];
        var threads = Enumerable
            .Range(0, keys.Length)
            .Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                keys[i] = Hub(root).MaskingKey().Reveal();
            }))
            .ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Single(keys.Distinct());
        Assert.Equal([".gitignore", "masking-key"], Names(root));
    }

    [Fact]
    public void A_masking_key_that_cannot_be_made_is_a_clear_error()
    {
        using var root = new TemporaryFolder();
        root.Write(".hub", "a file where a folder should be");
        var error = Assert.Throws<SecretException>(() => Hub(root).MaskingKey());
        Assert.Contains("HUB_SECRET_MASKING_KEY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Placeholders_are_replaced_by_what_they_stand_for()
    {
        using var root = new TemporaryFolder();
        var hub = Hub(root, ("PG_HOST", "db.example.com"), ("EMPTY", ""), ("HUB_SECRET_PG_PASSWORD", "${env:PG_HOST}$1"));
        Assert.Equal(
            "jdbc:postgresql://db.example.com/shop?password=${env:PG_HOST}$1&x=",
            hub.Expand("jdbc:postgresql://${env:PG_HOST}/shop?password=${secret:pg-password}&x=${env:EMPTY}").Reveal()
        );
        Assert.Equal("nothing to $ replace {}", hub.Expand("nothing to $ replace {}").Reveal());
    }

    [Theory]
    [InlineData("${env:NOT_THERE}", "NOT_THERE")]
    [InlineData("${secret:not-there}", "'not-there'")]
    [InlineData("${secret:../x}", "'../x'")]
    [InlineData("${secrets:x}", "${secret:NAME}")]
    [InlineData("${runDate}", "${secret:NAME}")]
    [InlineData("${env:X", "${secret:NAME}")]
    public void What_a_placeholder_misses_is_named_and_nothing_else_is_shown(string placeholder, string named)
    {
        using var root = new TemporaryFolder();
        var hub = Hub(root, ("HUB_SECRET_PG_PASSWORD", "hunter2"));
        var error = Assert.Throws<SecretException>(() => hub.Expand("visible ${secret:pg-password} " + placeholder));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("visible", error.ToString(), StringComparison.Ordinal);
    }
}
