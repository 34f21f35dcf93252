namespace ServerlessHub.Pipelines.Definitions.Reference;

/// <summary>The generated files of <c>docs/reference</c>.</summary>
public static class ReferenceFiles
{
    /// <summary>The page of all rules: its name and text.</summary>
    public static (string Name, string Text) Rules => ("rules.md", ReferenceWriter.Rules());

    /// <summary>The files about a document: each one's name and text.</summary>
    /// <param name="name">What the document is called, such as <c>pipeline</c>.</param>
    /// <param name="root">The declaration of its root element.</param>
    public static IReadOnlyList<(string Name, string Text)> Of(string name, ElementSpec root) =>
        [($"{name}.xsd", XsdWriter.Write(root)), ($"{name}.md", ReferenceWriter.Document(name, root))];
}
