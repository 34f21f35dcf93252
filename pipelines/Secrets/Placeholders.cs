using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Secrets;

/// <summary>A <c>${env:NAME}</c> or <c>${secret:NAME}</c> in a text.</summary>
internal readonly record struct Placeholder(bool IsSecret, string Name);

/// <summary>Finds placeholders and puts values for them.</summary>
internal static partial class Placeholders
{
    /// <summary>Replaces each placeholder; what is put in is not looked at again, so a password may hold anything.</summary>
    /// <exception cref="SecretException">A <c>${…}</c> is not of this form.</exception>
    public static string Expand(string text, Func<Placeholder, string> value) =>
        Pattern()
            .Replace(
                text,
                match =>
                    match.Groups["kind"].Success
                        ? value(new Placeholder(match.Groups["kind"].Value == "secret", match.Groups["name"].Value))
                        : throw new SecretException(
                            "A value has a '${' that starts neither ${env:NAME} nor ${secret:NAME}. A value that has to hold it is put into a secret."
                        )
            );

    [GeneratedRegex(@"\$\{((?<kind>env|secret):(?<name>[^{}:$\s]+)\})?")]
    private static partial Regex Pattern();
}
