using System.Security;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Text as XML writes it.</summary>
internal static class XmlText
{
    /// <summary>An attribute's value with its quotes.</summary>
    public static string Attribute(string value) => $"\"{SecurityElement.Escape(value).Replace("&apos;", "'", StringComparison.Ordinal)}\"";

    /// <summary>The text of an element.</summary>
    public static string Content(string value) =>
        SecurityElement.Escape(value).Replace("&apos;", "'", StringComparison.Ordinal).Replace("&quot;", "\"", StringComparison.Ordinal);

    /// <summary>The text of a comment, in which two hyphens cannot stand.</summary>
    public static string Comment(string value) => value.Replace("--", "- -", StringComparison.Ordinal);
}
