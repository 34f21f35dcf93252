namespace ServerlessHub.Lake.Storage;

/// <summary>A remote storage could not do what it was asked to. The message says what, where, and what to do, and holds no secret.</summary>
public sealed class StorageException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What happened, where, and what to do.</param>
    /// <param name="isTransient">Whether the same may go well a while later.</param>
    /// <param name="cause">What the storage's client reported.</param>
    public StorageException(string message, bool isTransient, Exception? cause = null)
        : base(message, cause) => IsTransient = isTransient;

    /// <summary>Whether the same may go well a while later: the storage is throttled, busy, or was not reached.</summary>
    public bool IsTransient { get; }
}
