namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Why a run, or a node of it, failed.</summary>
/// <param name="Message">What happened, and where.</param>
/// <param name="Hint">What to do; null where the message says it, or nothing is known.</param>
/// <param name="Class">What kind of failure it is, which decides whether trying again can help.</param>
/// <param name="Fingerprint">The same for like failures, as <see cref="ErrorFingerprint"/> has it.</param>
public sealed record RunError(string Message, string? Hint, ErrorClass Class, string Fingerprint);

/// <summary>What kind of failure it is.</summary>
public enum ErrorClass
{
    /// <summary>The cause lies in the machine or its surroundings, and may pass by itself.</summary>
    Transient,

    /// <summary>The data is not what the pipeline can take.</summary>
    Data,

    /// <summary>The document, or a parameter, is wrong.</summary>
    Document,

    /// <summary>It took longer than it was given.</summary>
    Timeout,

    /// <summary>It was stopped.</summary>
    Cancelled,

    /// <summary>A fault of the hub itself.</summary>
    Internal,
}
