using System.Text.Json;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Tests.Secrets;

public class SecretStoreTests
{
    private static EnvironmentSecrets Environment(string name, string value) => new(asked => asked == name ? value : null);

    [Fact]
    public void A_secret_is_never_printed()
    {
        var secret = new Secret("hunter2");
        Assert.Equal("***", secret.ToString());
        Assert.Equal("***", $"{secret}");
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(secret), StringComparison.Ordinal);
        Assert.Equal("hunter2", secret.Reveal());
    }

    [Theory]
    [InlineData("pg-password", "HUB_SECRET_PG_PASSWORD")]
    [InlineData("Pg.Password_1", "HUB_SECRET_PG_PASSWORD_1")]
    public void The_environment_is_asked_by_a_name_it_can_have(string name, string variable)
    {
        Assert.Equal("hunter2", Environment(variable, "hunter2").Find(name)?.Reveal());
        Assert.Null(Environment("OTHER", "hunter2").Find(name));
        Assert.Null(Environment(variable, "").Find(name));
        Assert.Contains(variable, Environment("", "").Place(name), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../passwd")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    [InlineData("a b")]
    [InlineData("é")]
    public void What_is_no_name_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<SecretException>(() => new FileSecrets(folder.Path).Find(name));
        Assert.Throws<SecretException>(() => Environment("", "").Find(name));
    }

    [Theory]
    [InlineData("hunter2", "hunter2")]
    [InlineData("hunter2\n", "hunter2")]
    [InlineData("hunter2\r\n", "hunter2")]
    [InlineData(" hunter2 \n\n", " hunter2 \n")]
    [InlineData("", "")]
    public void A_file_holds_a_secret_and_perhaps_a_line_end(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pg-password", text);
        Assert.Equal(expected, new FileSecrets(folder.Path).Find("pg-password")?.Reveal());
    }

    [Fact]
    public void A_missing_file_or_folder_is_no_secret()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(new FileSecrets(folder.Path).Find("pg-password"));
        Assert.Null(new FileSecrets(Path.Combine(folder.Path, "none")).Find("pg-password"));
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_open_to_others_is_refused(UnixFileMode open)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TemporaryFolder();
        var file = folder.Write("pg-password", "hunter2", UnixFileMode.UserRead | open);
        var error = Assert.Throws<SecretException>(() => new FileSecrets(folder.Path).Find("pg-password"));
        Assert.Contains($"chmod 600 {file}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal("hunter2", new FileSecrets(folder.Path).Find("pg-password")?.Reveal());
    }

    [Fact]
    public void A_folder_in_a_files_place_is_a_clear_error()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "pg-password"));
        var error = Assert.Throws<SecretException>(() => new FileSecrets(folder.Path).Find("pg-password"));
        Assert.Contains("cannot read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_gives_the_first_that_is_found_and_names_all_places()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a", "from file");
        folder.Write("b", "from file");
        var chain = new SecretChain(Environment("HUB_SECRET_A", "from environment"), new FileSecrets(folder.Path));
        Assert.Equal("from environment", chain.Find("a")?.Reveal());
        Assert.Equal("from file", chain.Find("b")?.Reveal());
        Assert.Null(chain.Find("c"));
        Assert.Matches("HUB_SECRET_C, or the file .*c$", chain.Place("c"));
    }
}
