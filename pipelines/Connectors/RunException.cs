namespace ServerlessHub.Pipelines.Connectors;

/// <summary>A run failed for a reason its user can act on. The message says what happened, where, and what to do; it is shown as it is, without a stack trace.</summary>
public class RunException : Exception
{
    /// <summary>An error with what happened and what to do.</summary>
    /// <param name="message">What happened, and where.</param>
    /// <param name="hint">What to do; null when the message says it.</param>
    /// <param name="isTransient">Whether trying again may help as things are: a refused connection, a timeout.</param>
    /// <param name="inner">The cause, for logs.</param>
    public RunException(string message, string? hint = null, bool isTransient = false, Exception? inner = null)
        : base(message, inner)
    {
        Hint = hint;
        IsTransient = isTransient;
    }

    /// <summary>What to do about it.</summary>
    public string? Hint { get; }

    /// <summary>Whether trying again may help as things are.</summary>
    public bool IsTransient { get; }
}
