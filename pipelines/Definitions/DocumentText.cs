using System.Text;
using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Turns a document's bytes into text: by its byte order mark, else by the encoding its XML declaration names, else as UTF-8.</summary>
public static partial class DocumentText
{
    /// <summary>Reads a whole document; reports and returns null when it is too large or its bytes are no text.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="file">The document's path as the user knows it.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="limits">How large it may be; <see cref="DocumentLimits.Default"/> unless given.</param>
    public static string? Read(ReadOnlySpan<byte> content, string file, Diagnostics findings, DocumentLimits? limits = null)
    {
        var most = (limits ?? DocumentLimits.Default).Length;
        if (content.Length <= most)
            return Decode(content, file, findings);
        ReportTooLarge(file, most, "bytes", findings);
        return null;
    }

    internal static void ReportTooLarge(string file, int most, string unit, Diagnostics findings) =>
        findings.Add(
            Rule.DocumentTooLarge,
            new SourceLocation(file, 0, 0),
            $"the document is larger than {most} {unit}",
            "divide it into several documents"
        );

    private static string? Decode(ReadOnlySpan<byte> bytes, string file, Diagnostics findings)
    {
        var (encoding, skip) = EncodingOf(bytes, file, findings);
        if (encoding is null)
            return null;
        try
        {
            return encoding.GetString(bytes[skip..]);
        }
        catch (DecoderFallbackException e)
        {
            var before = bytes.Slice(skip, Math.Clamp(e.Index, 0, bytes.Length - skip));
            findings.Add(
                Rule.MalformedXml,
                new SourceLocation(file, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n')),
                $"the byte 0x{e.BytesUnknown?.FirstOrDefault():X2} is no {encoding.WebName.ToUpperInvariant()} text",
                "save the file as UTF-8, or name its encoding in the XML declaration"
            );
            return null;
        }
    }

    private static (Encoding? Encoding, int Skip) EncodingOf(ReadOnlySpan<byte> bytes, string file, Diagnostics findings)
    {
        switch (bytes)
        {
            case [0xEF, 0xBB, 0xBF, ..]:
                return (Strict("utf-8"), 3);
            case [0xFF, 0xFE, 0x00, 0x00, ..]:
                return (Strict("utf-32"), 4);
            case [0xFF, 0xFE, ..]:
                return (Strict("utf-16"), 2);
            case [0xFE, 0xFF, ..]:
                return (Strict("utf-16BE"), 2);
        }
        var start = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 200)]);
        var name = Declaration().Match(start) is { Success: true } m ? m.Groups[1].Value : "utf-8";
        try
        {
            return (Strict(name), 0);
        }
        catch (ArgumentException)
        {
            findings.Add(
                Rule.MalformedXml,
                new SourceLocation(file, 1, start.IndexOf(name, StringComparison.Ordinal) + 1),
                $"the encoding '{name}' is not known",
                "save the file as UTF-8"
            );
            return (null, 0);
        }
    }

    private static Encoding Strict(string name) =>
        Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    [GeneratedRegex("""^<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")]
    private static partial Regex Declaration();
}
