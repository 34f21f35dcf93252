namespace ServerlessHub.Lake.Reading;

/// <summary>The engine takes the path of a file that it reads for a pattern; this is the pattern that only the file itself matches.</summary>
internal static class ExactPath
{
    private const string Special = "*?[";

    public static string Pattern(string path) =>
        path.AsSpan().IndexOfAny(Special) < 0
            ? path
            : string.Concat(path.Select(character => Special.Contains(character) ? $"[{character}]" : character.ToString()));

    /// <summary>What a closed-in database must be allowed so that it can read the path: the file, and the pattern if that is another text.</summary>
    public static IEnumerable<string> Allowed(string path) => new[] { path, Pattern(path) }.Distinct();
}
