namespace ServerlessHub.Pipelines.Secrets;

/// <summary>A secret that is missing or cannot be had. The message says which, where it was looked for and what to do, and never holds its value.</summary>
public sealed class SecretException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which secret, what happened, what to do.</param>
    /// <param name="isTransient">Whether trying again may help as things are: a vault that cannot be reached.</param>
    /// <param name="inner">The cause.</param>
    public SecretException(string message, bool isTransient = false, Exception? inner = null)
        : base(message, inner) => IsTransient = isTransient;

    /// <summary>Whether trying again may help as things are.</summary>
    public bool IsTransient { get; }
}
