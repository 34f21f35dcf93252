namespace ServerlessHub.Lake.Log;

/// <summary>The action that keeps a named piece of configuration, ours or another client's; it is carried on as it is.</summary>
internal sealed record DomainMetadata
{
    public required string Domain { get; init; }

    public string? Configuration { get; init; }

    public bool? Removed { get; init; }
}
