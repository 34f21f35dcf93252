using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>What becomes of a run for which a job's <c>concurrency</c> leaves no place.</summary>
public enum WhenBusy
{
    /// <summary>It waits.</summary>
    Queue,

    /// <summary>It is left out.</summary>
    Skip,

    /// <summary>The oldest run is cancelled for it.</summary>
    CancelOlder,
}

/// <summary>A job as its document says it, after its form was checked. What its names mean is not looked at yet.</summary>
public sealed record JobDocument
{
    private JobDocument(Element root, Diagnostics findings)
    {
        var pipelines = root.Child("pipelines");
        Id = root["id"] ?? "";
        Version = root["version"] ?? "";
        Location = root.Location;
        IsSound = root.IsSound;
        Concurrency = root.Number("concurrency");
        WhenBusy = Enum.TryParse<WhenBusy>(root["whenBusy"], ignoreCase: true, out var whenBusy) ? whenBusy : WhenBusy.Queue;
        Metadata = DocumentMetadata.Read(root.Child("metadata"));
        Parameters = ParameterSpec.ReadAll(root.Child("parameters")?.Children ?? [], findings);
        Triggers = Trigger.ReadAll(root.Child("triggers"), findings);
        MaxParallel = pipelines?.Number("maxParallel");
        NodeIds = (pipelines?.Children ?? []).Select(e => e["id"]).OfType<string>().ToHashSet(StringComparer.Ordinal);
        Nodes = [.. (pipelines?.Children ?? []).Where(e => e.IsSound).Select(JobNode.Read)];
        Notifications = NotificationSpec.Read(root.Child("notifications"), Metadata, Triggers, findings);
        if (root.Has("whenBusy") && Concurrency is null)
            findings.Add(
                Rule.ConflictingAttributes,
                root.LocationOf("whenBusy"),
                "whenBusy is given, but any number of runs may go on at a time",
                "add concurrency, or remove whenBusy"
            );
    }

    /// <summary>Its name; empty when it is missing.</summary>
    public string Id { get; }

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>Where its root element is.</summary>
    public SourceLocation Location { get; }

    /// <summary>Whether its form is right throughout.</summary>
    public bool IsSound { get; }

    /// <summary>How many runs of it go on at a time at most; null for any number.</summary>
    public int? Concurrency { get; }

    /// <summary>What becomes of one run more.</summary>
    public WhenBusy WhenBusy { get; }

    /// <summary>Who owns it, and when it runs.</summary>
    public DocumentMetadata Metadata { get; }

    /// <summary>The parameters it declares.</summary>
    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>What starts it besides its schedule.</summary>
    public IReadOnlyList<Trigger> Triggers { get; }

    /// <summary>How many nodes run at a time at most; null for any number.</summary>
    public int? MaxParallel { get; }

    /// <summary>Its nodes in order, without those whose form is wrong.</summary>
    public IReadOnlyList<JobNode> Nodes { get; }

    /// <summary>The ids of all nodes, also of those whose form is wrong.</summary>
    internal IReadOnlySet<string> NodeIds { get; }

    /// <summary>Who is told of what.</summary>
    public IReadOnlyList<JobNotification> Notifications { get; }

    /// <summary>Reads a document; null when it is no job at all. Otherwise it holds what was recognised, and what was wrong is in the findings.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Its path as the user knows it.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="limits">How large it may be; <see cref="DocumentLimits.Default"/> unless given.</param>
    public static JobDocument? Read(string text, string file, Diagnostics findings, DocumentLimits? limits = null) =>
        DocumentReader.Read(text, file, JobSpec.Spec, findings, limits) is { } root ? new JobDocument(root, findings) : null;
}
