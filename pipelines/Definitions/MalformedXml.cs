using System.Text.RegularExpressions;
using System.Xml;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Says in plain words why a text is not well-formed XML, and what most likely mends it.</summary>
internal static partial class MalformedXml
{
    private const string Doctype = "<!DOCTYPE";

    public static void Report(XmlException e, SourceDocument document, Diagnostics findings)
    {
        var doctype = document.Text.IndexOf(Doctype, StringComparison.Ordinal);
        if (e.Message.Contains("DTD", StringComparison.Ordinal) && doctype >= 0)
        {
            findings.Add(Rule.DtdRefused, document.LocationOf(doctype), "the document carries a DTD", "remove <!DOCTYPE …>");
            return;
        }
        var message = Place().Replace(e.Message, "").TrimEnd('.');
        var at = new SourceLocation(document.File, e.LineNumber, e.LinePosition);
        findings.Add(Rule.MalformedXml, at, "the document is not well-formed XML: " + message, Hint(message));
    }

    private static string? Hint(string message) =>
        message switch
        {
            _ when message.StartsWith("'<'", StringComparison.Ordinal) => "write < in an attribute as &lt;",
            _ when message.Contains("EntityName", StringComparison.Ordinal) => "write & as &amp;",
            _ when message.Contains("undeclared entity", StringComparison.Ordinal) =>
                "write & as &amp;; only &lt; &gt; &amp; &quot; &apos; are known",
            _ when message.Contains("expected token is ';'", StringComparison.Ordinal) => "write & as &amp;",
            _ when message.Contains("unclosed literal", StringComparison.Ordinal) =>
                "close the attribute's value with the quote that opened it",
            _ when message.Contains("duplicate attribute", StringComparison.Ordinal) => "keep one of the two",
            _ when message.Contains("The expected token is '\"'", StringComparison.Ordinal) => "put the attribute's value in quotes",
            _ => null,
        };

    [GeneratedRegex(@"\s*Line \d+, position \d+\.$")]
    private static partial Regex Place();
}
