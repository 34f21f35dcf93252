using System.Text.RegularExpressions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>Looks through everything that is committed for what must not be: keys, tokens, connection strings, and places of somebody's own machine.</summary>
public sealed partial class CommittedSecretTests
{
    // Where the very texts are that are looked for, to be looked for.
    private static readonly string[] Excepted = ["tests/Infra.Tests/CommittedSecretTests.cs", "eng/test"];

    [Fact]
    public async Task Nothing_that_is_committed_holds_a_secret()
    {
        var files = await Files();
        Assert.True(files.Count > 1_000, $"there are only {files.Count} files");
        var found = files
            .Where(file => !Excepted.Contains(file) && File.Exists(Repository.PathOf(file)))
            .SelectMany(file => Found(file, File.ReadAllText(Repository.PathOf(file))));

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0;")]
    [InlineData("Endpoint=sb://a/;SharedAccessKeyName=n;SharedAccessKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0")]
    [InlineData("https://a.blob.core.windows.net/c?sv=2024-01-01&sig=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0%3D")]
    [InlineData("InstrumentationKey=01234567-89ab-cdef-0123-456789abcdef;IngestionEndpoint=https://a")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----")]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345")]
    [InlineData("AKIAABCDEFGHIJKLMNOP")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2lnbmF0dXJl")]
    public void What_is_looked_for_is_found(string secret) => Assert.NotEmpty(Found("a file", $"some text {secret} more text"));

    /// <summary>The files that git knows, or of a copy without git those that a build does not make.</summary>
    private static async Task<IReadOnlyList<string>> Files()
    {
        if (Path.Exists(Repository.PathOf(".git")))
        {
            var (code, output, error) = await Tool.Run(Repository.Root, "git", "ls-files", "-z");
            Assert.True(code == 0, error);
            return output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        string[] made = ["bin", "obj", "artifacts", "node_modules", ".hub"];
        return
        [
            .. Directory
                .EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Repository.Root, file).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(file => !file.Split('/').Any(made.Contains)),
        ];
    }

    private static IEnumerable<string> Found(string file, string text) =>
        Secrets().Matches(text).Select(m => $"{file}: {m.Value[..Math.Min(12, m.Value.Length)]}…");

    [GeneratedRegex(
        """
            (Account|SharedAccess|shared)Key=[A-Za-z0-9+/]{32,}
            |[?&]sig=[A-Za-z0-9%+/]{24,}
            |InstrumentationKey=[0-9a-f]{8}-[0-9a-f]{4}-
            |-----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
            |\bgh[pousr]_[A-Za-z0-9]{36}
            |\bAKIA[A-Z0-9]{16}\b
            |\bxox[abpr]-[A-Za-z0-9-]{20,}
            |\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}
            |/(root|home/[a-z]+)/\.nuget
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Secrets();
}
