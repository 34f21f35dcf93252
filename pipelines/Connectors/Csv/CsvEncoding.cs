using System.Text;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Finds encodings by their IANA names.</summary>
internal static class CsvEncoding
{
    private static readonly EncodingProvider CodePages = CodePagesEncodingProvider.Instance;

    /// <summary>Whether a name is UTF-8's.</summary>
    public static bool IsUtf8(string name) =>
        name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || name.Equals("utf8", StringComparison.OrdinalIgnoreCase);

    /// <summary>The encoding of a name, which fails on bytes that are none of it; null when nobody knows it.</summary>
    public static Encoding? Find(string name)
    {
        var iana = name.Equals("latin1", StringComparison.OrdinalIgnoreCase) ? "iso-8859-1" : name;
        try
        {
            return CodePages.GetEncoding(iana, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(iana, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Names that are likely meant.</summary>
    public static IEnumerable<string> Names =>
        Encoding.GetEncodings().Concat(CodePages.GetEncodings()).Select(e => e.Name).Append("latin1").Distinct();
}
