using System.Text;
using System.Text.RegularExpressions;
using ServerlessHub.Api.Problems;

namespace ServerlessHub.Api.Streams;

/// <summary>Attributes of a CloudEvent in headers of a request, HTTP Protocol Binding 1.0, section 3.1.3.</summary>
internal static partial class CloudEventHeader
{
    private const string Prefix = "ce-";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The name of the attribute that a header holds; null where it holds none.</summary>
    public static string? NameOf(string header) =>
        header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].ToLowerInvariant() : null;

    /// <summary>The attribute's text: what is in quotes without them, and what is percent-encoded as what it stands for.</summary>
    /// <exception cref="ApiException">It stands for bytes that are no UTF-8.</exception>
    public static string Decode(string header, string value)
    {
        if (value is ['"', .. var quoted, '"'])
            value = Escaped().Replace(quoted, "$1");
        try
        {
            return Encoded()
                .Replace(value, run => Utf8.GetString(Convert.FromHexString(run.Value.Replace("%", "", StringComparison.Ordinal))));
        }
        catch (DecoderFallbackException)
        {
            throw ApiException.BadRequest(
                $"the header {header} has percent-encoded bytes that are no UTF-8",
                "encode the attribute as the HTTP binding of CloudEvents says, in section 3.1.3.2"
            );
        }
    }

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();

    [GeneratedRegex("(?:%[0-9A-Fa-f]{2})+")]
    private static partial Regex Encoded();
}
