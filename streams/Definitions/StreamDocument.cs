using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>A stream as its document says it, after its form was checked. What its names mean is not looked at yet.</summary>
public sealed record StreamDocument
{
    private StreamDocument(Element root)
    {
        Id = root["id"] ?? "";
        Version = root["version"] ?? "";
        Layer = root["layer"] ?? "";
        Location = root.Location;
        IsSound = root.IsSound;
        Metadata = DocumentMetadata.Read(root.Child("metadata"));
        Ingest = Sound(root.Child("ingest")) is { } ingest ? IngestDefinition.Read(ingest) : null;
        Flatten = Sound(root.Child("flatten")) is { } flatten ? FlattenDefinition.Read(flatten) : null;
        Drivers = [.. (root.Child("summarise")?.Children ?? []).Where(e => e.IsSound).Select(DriverDefinition.Read)];
        Publications = [.. root.Children.Where(e => e.Spec.Name == "publish" && e.IsSound).Select(PublishDefinition.Read)];
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

    /// <summary>Who owns it.</summary>
    public DocumentMetadata Metadata { get; }

    /// <summary>Where its events come from; null where its form is wrong.</summary>
    public IngestDefinition? Ingest { get; }

    /// <summary>The tables that are made of the events; null where there are none, or their form is wrong.</summary>
    public FlattenDefinition? Flatten { get; }

    /// <summary>The summaries.</summary>
    public IReadOnlyList<DriverDefinition> Drivers { get; }

    /// <summary>What is sent on.</summary>
    public IReadOnlyList<PublishDefinition> Publications { get; }

    /// <summary>The tables that it names, each as it names it.</summary>
    public IEnumerable<string> TableNames =>
        new[] { Ingest?.Table, Flatten?.Root }
            .OfType<string>()
            .Concat((Flatten?.Children ?? []).SelectMany(TablesOf))
            .Concat(Drivers.Select(d => d.Table));

    private static IEnumerable<string> TablesOf(ChildDefinition child) => child.Children.SelectMany(TablesOf).Prepend(child.Table);

    /// <summary>Reads a document; null when it is no stream at all. Otherwise it holds what was recognised, and what was wrong is in the findings.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Its path as the user knows it.</param>
    /// <param name="expectedLayer">The layer of the folder it lies in; null when it lies in none.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="limits">How large it may be; <see cref="DocumentLimits.Default"/> unless given.</param>
    public static StreamDocument? Read(string text, string file, string? expectedLayer, Diagnostics findings, DocumentLimits? limits = null)
    {
        if (DocumentReader.Read(text, file, StreamSpec.Spec, findings, limits) is not { } root)
            return null;
        var document = new StreamDocument(root);
        DocumentFrame.CheckLayer(root, expectedLayer, findings);
        return document;
    }

    private static Element? Sound(Element? element) => element is { IsSound: true } ? element : null;
}
