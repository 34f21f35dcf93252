namespace ServerlessHub.Pipelines.Secrets;

/// <summary>What a secret may be called: 1 to 127 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, the first a letter or digit. So a name is never a path.</summary>
internal static class SecretName
{
    /// <summary>Refuses what is no name.</summary>
    /// <exception cref="SecretException">It is none.</exception>
    public static void Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > 127 || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(IsAllowed))
            throw new SecretException(
                $"'{name}' cannot be the name of a secret: letters, digits, '-', '_' and '.' are allowed, 127 at most, a letter or digit first."
            );
    }

    /// <summary>The name with each character that a store does not take replaced by one that it does.</summary>
    public static string Replace(string name, char replacement) =>
        string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : replacement));

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';
}
