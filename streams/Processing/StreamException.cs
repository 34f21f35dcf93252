namespace ServerlessHub.Streams.Processing;

/// <summary>A stream cannot go on: the message says what happened, where, and what to do. What was committed stays, and nothing is half done.</summary>
/// <param name="message">What happened, and where.</param>
/// <param name="hint">What to do; null where the message says it.</param>
/// <param name="inner">What caused it.</param>
public sealed class StreamException(string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What to do; null where the message says it.</summary>
    public string? Hint { get; } = hint;
}
