namespace ServerlessHub.Pipelines.Definitions.Reference;

/// <summary>The generated files of <c>docs/reference</c>.</summary>
public static class ReferenceFiles
{
    /// <summary>Each file's name and text.</summary>
    /// <param name="pipeline">The declaration of <c>pipeline</c>.</param>
    public static IReadOnlyList<(string Name, string Text)> Of(ElementSpec pipeline) =>
        [
            ("pipeline.xsd", XsdWriter.Write(pipeline)),
            ("pipeline.md", ReferenceWriter.Document(pipeline)),
            ("rules.md", ReferenceWriter.Rules()),
        ];
}
