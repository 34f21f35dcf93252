namespace ServerlessHub.Pipelines.Definitions;

/// <summary>A pipeline as its document says it, after its form was checked. What its names mean is not looked at yet.</summary>
public sealed record PipelineDocument
{
    private PipelineDocument(Element root, Diagnostics findings)
    {
        Id = root["id"] ?? "";
        Version = root["version"] ?? "";
        Layer = root["layer"] ?? "";
        Location = root.Location;
        IsSound = root.IsSound;
        Metadata = DocumentMetadata.Read(root.Child("metadata"));
        Parameters = ParameterSpec.ReadAll(In(root, "parameters"), findings);
        Triggers = Trigger.ReadAll(root.Child("triggers"), findings);
        Sources = In(root, "sources");
        Transformations = In(root, "transformations");
        Targets = In(root, "targets");
    }

    /// <summary>Its name; empty when it is missing.</summary>
    public string Id { get; }

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>The layer it says it belongs to.</summary>
    public string Layer { get; }

    /// <summary>Where its root element is.</summary>
    public SourceLocation Location { get; }

    /// <summary>Whether its form is right throughout.</summary>
    public bool IsSound { get; }

    /// <summary>Who owns it, and when it runs.</summary>
    public DocumentMetadata Metadata { get; }

    /// <summary>The parameters it declares.</summary>
    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>What starts it besides its schedule.</summary>
    public IReadOnlyList<Trigger> Triggers { get; }

    /// <summary>Its sources, in order.</summary>
    public IReadOnlyList<Element> Sources { get; private init; }

    /// <summary>Its transformations, in order.</summary>
    public IReadOnlyList<Element> Transformations { get; private init; }

    /// <summary>Its targets, in order.</summary>
    public IReadOnlyList<Element> Targets { get; private init; }

    /// <summary>Reads a document; null when it is no pipeline at all. Otherwise it holds what was recognised, and what was wrong is in the findings.</summary>
    /// <param name="spec">The declaration of <c>pipeline</c>, see <see cref="PipelineSpec"/>.</param>
    /// <param name="text">The document.</param>
    /// <param name="file">Its path as the user knows it.</param>
    /// <param name="expectedLayer">The layer of the folder it lies in; null when it lies in none.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="limits">How large it may be; <see cref="DocumentLimits.Default"/> unless given.</param>
    public static PipelineDocument? Read(
        ElementSpec spec,
        string text,
        string file,
        string? expectedLayer,
        Diagnostics findings,
        DocumentLimits? limits = null
    )
    {
        if (DocumentReader.Read(text, file, spec, findings, limits) is not { } root)
            return null;
        var document = new PipelineDocument(root, findings);
        DocumentFrame.CheckLayer(root, expectedLayer, findings);
        return document;
    }

    /// <summary>
    /// The same document with <c>${name}</c> replaced in the values of its sources, steps and targets, and the run's time in its targets' paths;
    /// reports unknown parameters, and values that come out wrong. A value whose parameter is not known yet stays as it is.
    /// </summary>
    public PipelineDocument Expand(ParameterValues parameters, Diagnostics findings)
    {
        var expansion = new ElementExpansion(parameters, findings);
        return this with
        {
            Sources = [.. Sources.Select(expansion.Expand)],
            Transformations = [.. Transformations.Select(expansion.Expand)],
            Targets = [.. Targets.Select(expansion.Expand)],
        };
    }

    private static IReadOnlyList<Element> In(Element root, string section) => root.Child(section)?.Children ?? [];
}
