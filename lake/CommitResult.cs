namespace ServerlessHub.Lake;

/// <summary>How a commit ended; a failure of the storage is an exception instead.</summary>
public abstract record CommitResult
{
    private CommitResult() { }

    /// <summary>The write is part of the table.</summary>
    /// <param name="Version">The version that it made.</param>
    /// <param name="Warning">What could not be done afterwards, such as a checkpoint, and does no harm; or null.</param>
    public sealed record Committed(long Version, string? Warning = null) : CommitResult;

    /// <summary>The same write was committed before; nothing was done.</summary>
    /// <param name="Version">The version that has it: the one that it made, or a later one, if a checkpoint is all that is left of it.</param>
    public sealed record AlreadyCommitted(long Version) : CommitResult;

    /// <summary>Somebody else committed first what this write would have had to see; nothing was done. Stage it again.</summary>
    /// <param name="Version">The version that is in the way.</param>
    /// <param name="Reason">Why it is, as a sentence.</param>
    public sealed record Conflicted(long Version, string Reason) : CommitResult;
}
