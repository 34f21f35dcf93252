namespace ServerlessHub.Streams.Polling;

/// <summary>What came of a request.</summary>
/// <param name="Status">The status of HTTP; null where there was no answer.</param>
/// <param name="Body">The answer, where it is one to read.</param>
internal sealed record PollResponse(int? Status, ReadOnlyMemory<byte> Body = default)
{
    /// <summary>What the body is said to be.</summary>
    public string? ContentType { get; init; }

    /// <summary>The target of the link to the next page, as it is written; null if there is none.</summary>
    public string? NextLink { get; init; }

    /// <summary>How long the service asks to be left alone; null if it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why there was no answer; null where there was one.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether it is what was asked for.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the same request may be answered otherwise in a while.</summary>
    public bool MayPass => Status is null or 408 or 425 or 429 or >= 500;
}
