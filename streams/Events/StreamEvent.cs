namespace ServerlessHub.Streams.Events;

/// <summary>An event as a source gives it, for the moment in which it is put into a batch.</summary>
public readonly ref struct StreamEvent
{
    /// <summary>Its place in its partition.</summary>
    public required long Offset { get; init; }

    /// <summary>When the source took it, in microseconds since 1970-01-01T00:00Z.</summary>
    public required long EnqueuedAt { get; init; }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>Whether it has a value; one without says that what its key names is gone.</summary>
    public bool HasValue { get; init; }

    /// <summary>The bytes of its key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>Whether it has a key.</summary>
    public bool HasKey { get; init; }

    /// <summary>Its headers as the UTF-8 of a JSON object of texts; empty if it has none.</summary>
    public ReadOnlySpan<byte> Headers { get; init; }
}
