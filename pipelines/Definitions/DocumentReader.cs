using System.Xml;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>Reads a document and checks it against its declaration: everything that is wrong with its form is found at once.</summary>
public static class DocumentReader
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>
    /// Reads a document. The result is null when it is no such document at all: too large, not well-formed, or another root element. Otherwise it
    /// holds all that was recognised; an element with an error has <see cref="Element.IsSound"/> false.
    /// </summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Its path as the user knows it.</param>
    /// <param name="root">The declaration of its root element.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="limits">How large it may be; <see cref="DocumentLimits.Default"/> unless given.</param>
    public static Element? Read(string text, string file, ElementSpec root, Diagnostics findings, DocumentLimits? limits = null)
    {
        limits ??= DocumentLimits.Default;
        if (text.Length > limits.Length)
        {
            DocumentText.ReportTooLarge(file, limits.Length, "characters", findings);
            return null;
        }
        var document = new SourceDocument(file, text);
        try
        {
            using var xml = XmlReader.Create(new StringReader(text), Settings);
            return new ElementReader(xml, document, findings, limits.Depth).ReadRoot(root);
        }
        catch (XmlException e)
        {
            MalformedXml.Report(e, document, findings);
            return null;
        }
    }
}
