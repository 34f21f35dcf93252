namespace ServerlessHub.Pipelines.Running;

/// <summary>What a document is.</summary>
public enum DocumentKind
{
    /// <summary>A pipeline.</summary>
    Pipeline,

    /// <summary>A job.</summary>
    Job,

    /// <summary>A stream.</summary>
    Stream,
}

/// <summary>Whose a document is, and its name there. Application and layer come from its path, the id from its root element.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Id">The id, unique within application and layer.</param>
public sealed record DocumentAddress(string App, string Layer, string Id)
{
    /// <summary>The form a person types where the id alone is not clear: <c>app/layer/id</c>.</summary>
    public override string ToString() => $"{App}/{Layer}/{Id}";
}

/// <summary>A document of the hub.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Address">Whose it is, and its name.</param>
/// <param name="File">Its file, relative to the hub root, with <c>/</c> between the parts.</param>
public sealed record HubDocument(DocumentKind Kind, DocumentAddress Address, string File);
